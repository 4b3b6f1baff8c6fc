import asyncio

async def endless():
    while True: await asyncio.sleep(0)

async def some():
    for i in range(3): await asyncio.sleep(0)

async def main(job):
    task = asyncio.create_task(job())
    for _ in range(2):
        await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("gone")

asyncio.run(main(endless))
asyncio.run(main(some))
asyncio.run(some())

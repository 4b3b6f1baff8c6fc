import asyncio

async def feed():
    try:
        for n in range(3):
            yield n
    finally:
        print("feed ends")

async def main():
    source = feed()
    async for n in source:
        if n == 1:
            break
    await source.aclose()
    try:
        await source.asend(None)
    except StopAsyncIteration:
        print("no more")

asyncio.run(main())

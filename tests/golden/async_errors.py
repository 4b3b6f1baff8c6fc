import asyncio

async def fail(text):
    try:
        await asyncio.sleep(0)
        raise ValueError(text)
    finally:
        print("leaving", text)

async def main():
    try:
        await fail("one")
    except ValueError as e:
        print("caught", e)
    results = await asyncio.gather(fail("two"), return_exceptions=True)
    print(repr(results[0]))
    await fail("three")

asyncio.run(main())

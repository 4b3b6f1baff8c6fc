import asyncio

class Lock:
    async def __aenter__(self):
        return "in"

    async def __aexit__(self, *args):
        pass

async def fetch(n):
    await asyncio.sleep(0)
    return n * 2

async def ticks(n):
    for i in range(n):
        yield i

async def main():
    a = await fetch(1)
    async for t in ticks(2):
        a += t
    async with Lock() as got:
        print(a, got)
    return a

print(asyncio.run(main()))

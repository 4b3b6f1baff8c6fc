import asyncio

async def letters():
    for c in "abc":
        yield c

async def double(c):
    return c * 2

async def main():
    picked = [c async for c in letters() if c != "b"]
    doubled = [await double(c) for c in picked]
    lazy = (c async for c in letters())
    first = await anext(lazy)
    rest = [c async for c in lazy]
    return doubled, first, rest

print(asyncio.run(main()))

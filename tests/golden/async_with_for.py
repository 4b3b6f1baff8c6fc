import asyncio

class Session:
    async def __aenter__(self):
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, kind, error, tb):
        print("closed", kind is None)
        return True

class Countdown:
    def __init__(self, n):
        self.n = n

    def __aiter__(self):
        return self

    async def __anext__(self):
        if self.n == 0:
            raise StopAsyncIteration
        self.n -= 1
        return self.n

async def main():
    async with Session() as s:
        async for k in Countdown(1):
            print(k)
        else:
            print("else")
        raise KeyError
    return "ok"

print(asyncio.run(main()))

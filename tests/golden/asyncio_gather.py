import asyncio

async def cook(dish, turns):
    for n in range(turns):
        print(dish, n)
        await asyncio.sleep(0)
    return dish.upper()

async def main():
    done = await asyncio.gather(cook("rice", 1), cook("soup", 2))
    print(done)

asyncio.run(main())

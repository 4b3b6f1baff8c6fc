class Wait:
    def __await__(self):
        got = yield "waiting"
        return got

async def job():
    x = await Wait()
    return x + 1

task = job()
print(task.send(None))
try:
    task.send(41)
except StopIteration as done:
    print(done.value)
unused = job()
unused.close()

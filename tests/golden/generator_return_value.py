def steps():
    yield "a"
    return 7

g = steps()
print(next(g))
try:
    next(g)
except StopIteration as stop:
    print(stop.value)

def outer():
    got = yield from steps()
    print("got", got)

for s in outer():
    print(s)

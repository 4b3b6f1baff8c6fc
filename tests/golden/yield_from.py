def inner():
    got = yield 1
    return got

def outer():
    result = yield from inner()
    yield result
    yield from [7]

o = outer()
next(o)
o.send("hi")
print(list(o))

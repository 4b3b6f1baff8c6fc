def inner():
    try:
        yield 1
        yield 2
    except ValueError:
        print("inner")
        yield 3
    finally:
        print("end of inner")

def outer():
    yield from inner()
    yield 4

g = outer()
next(g)
print(g.throw(ValueError))
print(next(g))
try:
    g.throw(KeyError("k"))
except KeyError as e:
    print(repr(e))

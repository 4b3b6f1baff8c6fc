def inner():
    try:
        yield 1
    finally:
        print("inner ends")

def outer():
    try:
        yield from inner()
    except KeyError as e:
        yield f"outer got {e}"

g = outer()
next(g)
print(g.throw(KeyError("k")))
h = outer()
next(h)
h.close()
print(list(g))

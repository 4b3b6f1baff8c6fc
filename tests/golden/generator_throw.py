def careful():
    try:
        yield 1
    except ValueError as e:
        yield str(e)

g = careful()
next(g)
print(g.throw(ValueError("oops")))
try:
    g.throw(KeyError("k"))
except KeyError:
    pass

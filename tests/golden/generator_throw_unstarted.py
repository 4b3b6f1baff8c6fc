def never():
    print("not reached")
    yield 1

g = never()
try:
    g.throw(ValueError("early"))
except ValueError as e:
    print("caught", e)
h = never()
h.close()
print(list(h))

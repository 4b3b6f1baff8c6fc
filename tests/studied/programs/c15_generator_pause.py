def gen():
    print("A")
    yield 1
    print("B")
    yield 2
    print("C")

g = gen()
print("start")
print(next(g))
print("between")
print(next(g))
print(next(g, "done"))
print(list(g))

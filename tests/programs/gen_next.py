# tags: generators
def letters():
    yield "a"
    yield "b"

g = letters()
print(next(g))
print(next(g))
print(next(g, "empty"))

def take(n, source):
    for _ in range(n):
        yield next(source)

try:
    print(list(take(2, iter([5]))))
except RuntimeError as e:
    print(e)
g = (x for x in "a")
next(g)
next(g)

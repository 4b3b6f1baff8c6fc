from functools import cache, partial, reduce

@cache
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

print(fib(3), fib(3))
def join(a, b, sep="-"):
    return f"{a}{sep}{b}"
print(reduce(join, "abc"))
dotted = partial(join, sep=".")
print(dotted(1, 2))

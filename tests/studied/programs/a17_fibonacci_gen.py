def fibonacci(limit):
    """Yield the Fibonacci numbers below limit."""
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b


print(list(fibonacci(40)))

total = 0
for f in fibonacci(100):
    if f % 2 == 0:
        print(f, end=" ")
        total += f
print("->", total)

g = fibonacci(5)
print(next(g), next(g), next(g))

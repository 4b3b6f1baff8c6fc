# tags: ints while functions
def fib(n):
    a, b = 0, 1
    i = 0
    while i < n:
        a, b = b, a + b
        i += 1
    return a

print("fib(10) =", fib(10))

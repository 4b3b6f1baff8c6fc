def fib(limit):
    a, b = 0, 1
    while a < limit:
        yield a
        a, b = b, a + b

nums = list(fib(40))
print(nums)
gerade = [n for n in nums if not n % 2]
print(gerade, sum(gerade))
g = fib(100)
next(g)
print(next(g), next(g), next(g))
for x in g:
    if x > 20:
        print("first over 20:", x)
        break

def rec(s, depth=0):
    print("." * depth + s)
    if len(s) <= 1:
        return s
    mid = len(s) // 2
    left = rec(s[:mid], depth + 1)
    right = rec(s[mid:], depth + 1)
    return right + left


def fib(n, memo={}):
    if n in memo:
        return memo[n]
    if n < 2:
        return n
    memo[n] = fib(n - 1) + fib(n - 2)
    return memo[n]


print(rec("exam"))
print(rec("xyz", 2))
print(fib(6), fib(9))

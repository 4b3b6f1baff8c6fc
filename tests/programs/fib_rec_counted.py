# tags: ints recursion global-nonlocal
calls = 0

def fib(n):
    global calls
    calls += 1
    if n < 2:
        return n
    return fib(n-1) + fib(n-2)

answer = fib(6)
print(answer, "needed", calls, "calls")

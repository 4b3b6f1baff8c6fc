memo = {}
calls = 0

def ways(n):
    global calls
    calls += 1
    if n in memo:
        return memo[n]
    if n <= 1:
        result = 1
    else:
        result = ways(n - 1) + ways(n - 2)
    memo[n] = result
    return result

print(ways(6))
print("calls:", calls)
print(memo)
print(ways(7), calls)

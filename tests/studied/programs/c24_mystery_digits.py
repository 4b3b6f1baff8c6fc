def mystery(n):
    if n < 10:
        return n
    return mystery(n // 10) + n % 10

def puzzle(n):
    while n >= 10:
        n = mystery(n)
        print(n, end=" ")
    return n

print(puzzle(987))
print(puzzle(6))
print(puzzle(1999))

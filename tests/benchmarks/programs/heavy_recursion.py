def count(n):
    if n == 0:
        return 0
    return 1 + count(n - 1)


for _ in range(10):
    print(count(900))

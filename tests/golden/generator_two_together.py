def up(n):
    while n < 3:
        yield n
        n += 1

a = up(0)
b = up(1)
for x, y in zip(a, b):
    print(x, y)
print(next(a, "none left"))

# tags: ints bools comprehensions
def sign(n):
    return "+" if n > 0 else "-" if n < 0 else "0"

print([sign(k) for k in (-4, 0, 9)])
x = 7
print(5 < x < 10, 5 < x > 8, x == 7 != 8)

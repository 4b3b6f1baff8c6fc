x = "outer"
n = 3
squares = [x * x for x in range(n)]
print(x, squares)

def inside(n):
    total = sum([n for n in range(n)])
    fs = [lambda: n for n in range(2)]
    return total, n, fs[0]()

print(inside(4))

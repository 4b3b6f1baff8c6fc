# tags: ints functions
def biggest(a, b, c):
    if a >= b and a >= c:
        return a
    if b >= c:
        return b
    return c

print(biggest(3, 9, 4))
print(biggest(5, 5, 2))
print(biggest(-3, -2, -1))

a, b = 3, 10
print(a, b)
a, b = b, a
print(a, b)
first, *middle, last = [5, 6, 7, 8, 9]
print(first, middle, last)
(x, y), z = (1, 2), "three"
print(x + y, z)
*rest, end = "cat"
print(rest, end)

# Exercise 7: swapping and unpacking
a = 5
b = 9
a, b = b, a
print("a =", a, "b =", b)

first, *middle, last = [10, 20, 30, 40, 50]
print(first, middle, last)
x, y = (3, -4)
print("distance squared:", x ** 2 + y ** 2)

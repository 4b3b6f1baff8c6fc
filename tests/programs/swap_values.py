# tags: ints printing
a = 5
b = 8
print("before:", a, b)
temp = a
a = b
b = temp
print("after:", a, b)
a, b = b, a
print("and back:", a, b)

a = [1, 2, 3]
b = a
c = a[:]
b.append(4)
c.append(99)
a = a + [5]
print(a)
print(b)
print(c)
print(a is b, b == [1, 2, 3, 4])

# Are a and b the same list?
a = [3, 1, 2]
b = a
c = a[:]
b.append(7)
a.sort()
print(a)
print(b)
print(c)
print(a is b, a is c, a == c)

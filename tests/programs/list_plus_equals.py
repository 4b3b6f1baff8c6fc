# tags: lists aliasing
a = [1, 2]
b = a
a += [3]
print(b)
a = a + [4]
print(b)
print(a)
t = (a, b)
t[0].append(5)
print(t)

# tags: lists aliasing printing
# Predict the output before you run!
a = [1, 2, 3]
b = a
c = a[:]
b.append(4)
c[0] = 99
print(a)
print(b)
print(c)
print(a is b, a is c)

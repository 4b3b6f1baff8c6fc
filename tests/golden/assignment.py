a = 7
b = a // 2 + a % 2
a, b = b, a
c = d = [a]
c += [b]
x, *rest = "xyz"
print(a, b, d, x, rest)

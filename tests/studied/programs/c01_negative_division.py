# What is printed?
a = -17
b = 5
print(a // b, a % b)
print(-a // -b)
print(17 % -5)
print(int(a / b))
q, r = divmod(a, b)
print(q * b + r == a)

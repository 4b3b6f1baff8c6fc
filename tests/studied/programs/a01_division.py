# Lecture 2: two kinds of division
a = 17
b = 5
print(a / b)
print(a // b, a % b)
print(-a // b, -a % b)
print(a // -b, a % -b)

# the identity that always holds
print((-a // b) * b + (-a % b) == -a)

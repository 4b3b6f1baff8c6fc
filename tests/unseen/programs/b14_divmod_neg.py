# Maths homework: remainders
a = -17
b = 5
print(a // b, a % b)
print(17 // -5, 17 % -5)
print(int(a / b))
check = (a // b) * b + a % b
print(check == a)
print(divmod(-7, 2), abs(-7) // 2)

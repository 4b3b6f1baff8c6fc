x = 2 + 3 * 4 ** 2 // 5
y = -2 ** 2
z = 2 ** 3 ** 2
print(x, y, z)
print(not 1 == 2)
print(1 < 3 < 2, 1 < 3 > 2)
print(True or False and False)
print(10 - 4 - 3, 8 / 4 / 2)

# Careful with // and % when numbers are negative!
for floor in [7, -7, -1]:
    print(floor, "//", 3, "=", floor // 3)
    print(floor, "%", 3, "=", floor % 3)
print(7 // -2, 7 % -2)
print(int(-7 / 3))

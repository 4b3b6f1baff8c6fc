# tags: floats bools printing
x = 0.1 + 0.2
print(x)
print(x == 0.3)
print(round(x, 2) == 0.3)
print(7 / 2, 7 // 2, 7 % 2, -7 // 2)
print(int(3.9), round(2.5), round(3.5))

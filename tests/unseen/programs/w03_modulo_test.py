# what does python do with negative numbers??
print(7 // 2, 7 % 2)
print(-7 // 2, -7 % 2)
print(7 // -2, 7 % -2)
print(-7 // -2, -7 % -2)
for n in [-3, 0, 3]:
    print(n, n // 4, n % 4, n == (n // 4) * 4 + n % 4)
print(int(-3.5), -3.5 // 1)

# Exercise 9: // and % with negative numbers
# What time is it, 15 hours BEFORE 6 o'clock?
now = 6
back = now - 15

print("raw value:", back)
print("on a 12 hour clock:", back % 12)
print("days back:", back // 12)
print("check:", (back // 12) * 12 + back % 12 == back)
print(-7 // 2, 7 // -2, -7 % 3, 7 % -3)
print(int(-7 / 2), abs(-7) // 2)

# Exercise 8: sep and end
day, month, year = 7, 3, 2024
print(day, month, year, sep="/")
print("Loading", end="")
for i in range(3):
    print(".", end="")
print(" done!")
print("=" * 15)
print(f"|{'Tea':>6}|{2.5:>6.2f}|")

# stdin: ["4", "6"]
# my first mistake in the course, input gives text
a = input("leaves plant 1: ")
b = input("leaves plant 2: ")
print()
print("together:", a + b)
print("together for real:", int(a) + int(b))
mean = (a + b) / 2
print("mean", mean)

# tags: input ints crash
# stdin: ["12", "ten"]
x = int(input("first number: "))
y = int(input("second number: "))
print(x + y)

# tags: ints input fstrings
# stdin: ["23", "4"]
sweets = int(input("How many sweets? "))
kids = int(input("How many kids? "))
each = sweets // kids
left = sweets % kids
print(f"{each} each, {left} left over")

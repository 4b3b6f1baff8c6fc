# tags: input while crash lists
# stdin: ["red", "blue"]
colors = []
while len(colors) < 3:
    colors.append(input("color? "))
print(colors)

# tags: lists tuples for
names = ["Jo", "Al", "Vi"]
ages = [31, 25, 40]
for i, (name, age) in enumerate(zip(names, ages), 1):
    print(i, name, age)
oldest = max(zip(ages, names))
print("oldest:", oldest[1])

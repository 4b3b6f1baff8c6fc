# tags: io
# stdin: ["Ann", "3"]
name = input("Who? ")
count = int(input())
for _ in range(count):
    print(name, end="!\n")

# stdin: ["12", "7", "-4", "stop"]
total = 0
count = 0
line = input("Number (or stop): ")
while line != "stop":
    total += int(line)
    count += 1
    line = input("Number (or stop): ")
print()
print(f"{count} numbers, sum {total}, mean {total / count:.2f}")

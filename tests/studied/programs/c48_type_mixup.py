# stdin: ["3", "12", "7.5", "9"]
n = int(input("How many? "))
total = 0
values = []
for i in range(n):
    text = input(f"value {i + 1}: ")
    if text.isdigit():
        value = int(text)
    else:
        value = text
    values.append(value)
    total = total + value
    print("running total", total)
print("average", total / n)

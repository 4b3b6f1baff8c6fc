# stdin: ["3", "x"]
n = int(input("How many? "))
line = input()
ask = input
print(n, line)
ask("more: ")

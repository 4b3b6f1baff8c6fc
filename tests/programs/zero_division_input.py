# tags: input floats crash
# stdin: ["10", "0"]
top = float(input())
bottom = float(input())
ratio = top / bottom
print("ratio is", ratio)

# stdin: ["3 4", "a,b,c"]
w, h = map(int, input().split())
first, *others = input("Names: ").split(",")
print(f"{w * h} {first} {others}")
try:
    input()
except EOFError as e:
    print("end:", e)

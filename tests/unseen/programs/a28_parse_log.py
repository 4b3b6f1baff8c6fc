# stdin: ["3"]
# reads n lines "name;points", counts the bad ones
data = [
    "Ines; 14",
    "tom;  9 ",
    "lea; absent",
    ";12",
    "KAI;20",
    "no separator",
]

limit = int(input())
good = {}
errors = 0
for number, line in enumerate(data, start=1):
    try:
        name, pts = line.split(";")
        name = name.strip().title()
        if name == "":
            raise ValueError("empty name")
        good[name] = int(pts)
    except ValueError as e:
        errors += 1
        print(f"line {number:02d}: bad ({type(e).__name__})")
        if errors == limit:
            print("too many errors, stopping")
            break
    else:
        print(f"line {number:02d}: ok")

print(good)
print("best:", max(good, key=good.get))

width = 9
for n in [3, 12, 140]:
    line = f"{n:>{width}}"
    print(line + "|")

lines = []
for n in [4, 11]:
    lines.append(f"{n:>3}{n * n:>5}")
for line in lines:
    print(line)

kept = []
for c in "a-b":
    if c == "-":
        continue
    kept.append(c)
for nothing in []:
    pass

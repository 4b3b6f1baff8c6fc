counts = {}
for c in "aba":
    counts[c] = counts.get(c, 0) + 1
for key, value in counts.items():
    print(key, value)
del counts["a"]
items = counts.items()

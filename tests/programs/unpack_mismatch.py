# tags: tuples crash for
pairs = [("x", 1), ("y", 2), ("z",)]
table = {}
for key, value in pairs:
    table[key] = value
print(table)

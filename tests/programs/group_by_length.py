# tags: dicts lists strings
words = ["to", "be", "or", "not", "that", "is", "the"]
groups = {}
for w in words:
    groups.setdefault(len(w), []).append(w)
for size in sorted(groups):
    print(size, groups[size])

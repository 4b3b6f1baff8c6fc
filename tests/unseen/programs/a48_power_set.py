def subsets(items):
    # every subset either contains the first item or it doesn't
    if not items:
        return [[]]
    first, *rest = items
    without = subsets(rest)
    return without + [[first] + s for s in without]

result = subsets(["a", "b", "c"])
print(len(result), "subsets")
for s in sorted(result, key=len):
    print("{" + ",".join(s) + "}")

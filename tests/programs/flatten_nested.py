# tags: recursion nested-lists lists
def flatten(x):
    flat = []
    for item in x:
        if isinstance(item, list):
            flat.extend(flatten(item))
        else:
            flat.append(item)
    return flat

print(flatten([1, [2, [3, 4], []], 5]))

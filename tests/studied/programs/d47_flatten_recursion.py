# Exercise 47: recursion with nested lists

def flatten(items):
    flat = []
    for item in items:
        if isinstance(item, list):
            flat += flatten(item)
        else:
            flat.append(item)
    return flat


def depth(items):
    if not isinstance(items, list):
        return 0
    if items == []:
        return 1
    return 1 + max(depth(i) for i in items)


box = [1, [2, 3], [], [4, [5]]]
print("Box:", box)
print("Flat:", flatten(box))
print("Depth:", depth(box))
print("Total:", sum(flatten(box)))

def top(values):
    return middle(values) + 1

def middle(values):
    total = 0
    for v in values:
        total += bottom(v)
    return total

def bottom(v):
    return 100 // v

print(top([5, 10]))
top([4, 0, 2])

total = 0
items = []

def record(x):
    items.append(x)
    total = sum(items)
    return total

def record_global(x):
    global total
    items.append(x)
    total += x

def replace():
    items = ["new"]
    return items

print(record(5), total)
record_global(7)
print(record(1), total)
print(replace(), items)
for total in range(3):
    pass
print(total, [items for items in "ab"], items)

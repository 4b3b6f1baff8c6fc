class Table:
    sizes = [1, 2]
    doubled = [s * 2 for s in sizes]
    total = sum(doubled)

print(Table.total)

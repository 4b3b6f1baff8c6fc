def search(items, wanted):
    low, high = 0, len(items) - 1
    while low <= high:
        middle = (low + high) // 2
        if items[middle] == wanted:
            return middle
        if items[middle] < wanted:
            low = middle + 1
        else:
            high = middle - 1
    return None


squares = [n * n for n in range(40)]
hits = 0
for n in range(150):
    if search(squares, n) is not None:
        hits += 1
print(hits)

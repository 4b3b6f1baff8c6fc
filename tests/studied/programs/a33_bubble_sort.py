def bubble_sort(items):
    n = len(items)
    swaps = 0
    for i in range(n - 1):
        changed = False
        for j in range(n - 1 - i):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
                swaps += 1
                changed = True
        print(f"pass {i + 1}: {items}")
        if not changed:
            break
    return swaps

data = [5, 1, 4, 2, 8]
result = bubble_sort(data)
print("swaps:", result)
print(data)

def bubble_sort(items):
    n = len(items)
    for i in range(n):
        swapped = False
        for j in range(n - i - 1):
            if items[j] > items[j + 1]:
                items[j], items[j + 1] = items[j + 1], items[j]
                swapped = True
        if not swapped:
            break
    return items


numbers = [(i * 37) % 41 for i in range(30)]
print(bubble_sort(numbers))

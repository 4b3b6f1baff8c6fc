# tags: lists nested-lists sorting functions
def bubble_sort(a):
    n = len(a)
    for i in range(n - 1):
        swapped = False
        for j in range(n - 1 - i):
            if a[j] > a[j + 1]:
                a[j], a[j + 1] = a[j + 1], a[j]
                swapped = True
        if not swapped:
            break

data = [5, 1, 4, 2, 8]
bubble_sort(data)
print(data)

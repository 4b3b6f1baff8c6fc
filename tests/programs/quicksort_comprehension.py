# tags: recursion comprehensions sorting
def quicksort(lst):
    if lst == []:
        return []
    pivot = lst[0]
    smaller = [x for x in lst[1:] if x < pivot]
    larger = [x for x in lst[1:] if x >= pivot]
    return quicksort(smaller) + [pivot] + quicksort(larger)

print(quicksort([3, 6, 1, 5]))

# Find the bug in this loop.
def is_sorted(values):
    for i in range(len(values)):
        if values[i] > values[i + 1]:
            return False
    return True

print(is_sorted([3, 9, 4, 1]))
print(is_sorted([2, 1]))
print(is_sorted([1, 5, 6]))

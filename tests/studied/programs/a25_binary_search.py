def binary_search(seq, target):
    """Return the index of target in the sorted list seq, or None."""
    low, high = 0, len(seq) - 1
    steps = 0
    while low <= high:
        steps += 1
        mid = (low + high) // 2
        if seq[mid] == target:
            print(f"found after {steps} step(s)")
            return mid
        if seq[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    print(f"gave up after {steps} step(s)")


numbers = [2, 5, 8, 12, 16, 23, 38]
print(binary_search(numbers, 23))
print(binary_search(numbers, 12))
print(binary_search(numbers, 7))

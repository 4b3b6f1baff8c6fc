# tags: lists while functions
def binary_search(sorted_list, target):
    low, high = 0, len(sorted_list) - 1
    steps = 0
    while low <= high:
        steps += 1
        mid = (low + high) // 2
        if sorted_list[mid] == target:
            return mid, steps
        elif sorted_list[mid] < target:
            low = mid + 1
        else:
            high = mid - 1
    return -1, steps

numbers = [2, 3, 5, 7, 11, 13, 17, 19, 23]
print(binary_search(numbers, 17))
print(binary_search(numbers, 4))

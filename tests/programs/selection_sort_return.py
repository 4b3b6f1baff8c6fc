# tags: lists sorting functions for
def selection_sort(items):
    result = items[:]          # do not change the caller's list
    for i in range(len(result)):
        smallest = i
        for j in range(i + 1, len(result)):
            if result[j] < result[smallest]:
                smallest = j
        result[i], result[smallest] = result[smallest], result[i]
    return result


original = [29, 10, 14, 37]
print(selection_sort(original))
print(original)

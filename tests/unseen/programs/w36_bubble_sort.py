def bubble(values):
    n = len(values)
    for i in range(n - 1):
        swapped = False
        for j in range(n - 1 - i):
            if values[j] > values[j + 1]:
                values[j], values[j + 1] = values[j + 1], values[j]
                swapped = True
        print("round", i + 1, values)
        if not swapped:
            print("already sorted, stop")
            break
    return values

lengths = [34, 12, 27, 8, 30]
copy = list(lengths)
result = bubble(copy)
print(lengths)
print(result is copy)
print(result == sorted(lengths))
print(sorted(lengths, reverse=True)[:2])

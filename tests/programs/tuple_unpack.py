# tags: tuples functions
def min_max(values):
    lowest = values[0]
    highest = values[0]
    for v in values[1:]:
        if v < lowest:
            lowest = v
        if v > highest:
            highest = v
    return lowest, highest

low, high = min_max([7, 2, 9, 4])
print("low:", low)
print("high:", high)
point = (low, high)
x, *rest = point
print(x, rest)

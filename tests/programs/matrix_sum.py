# tags: nested-lists for
matrix = [
    [1, 2, 3],
    [4, 5, 6],
]
total = 0
for row in matrix:
    row_sum = 0
    for value in row:
        row_sum += value
    print("row", row, "sum", row_sum)
    total += row_sum
print("total", total)

# tags: nested-lists crash for
table = [[1, 2, 3], [4, 5]]
sums = [0, 0, 0]
for row in table:
    for col in range(3):
        sums[col] += row[col]
print(sums)

# Exercise 25: sums of rows, columns and the diagonal
matrix = [
    [2, 7, 6],
    [9, 5, 1],
    [4, 3, 8],
]

row_sums = [sum(row) for row in matrix]

col_sums = []
for c in range(3):
    total = 0
    for r in range(3):
        total += matrix[r][c]
    col_sums.append(total)

diagonal = sum(matrix[i][i] for i in range(len(matrix)))

print("Rows:", row_sums)
print("Columns:", col_sums)
print("Diagonal:", diagonal)
print("Magic square!" if set(row_sums + col_sums) == {diagonal} else "Not magic")

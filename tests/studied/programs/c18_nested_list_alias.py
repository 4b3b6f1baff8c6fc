grid = [[0] * 3] * 2
grid[0][1] = 7
print(grid)

grid2 = [[0] * 3 for _ in range(2)]
grid2[0][1] = 7
print(grid2)

row = grid2[1]
row[0] = "x"
grid2[0] = row
row = [9]
print(grid2, row)

# tags: nested-lists aliasing lists
# The famous grid bug
grid = [[0] * 3] * 2
grid[0][1] = 5
print(grid)

good = []
for _ in range(2):
    good.append([0] * 3)
good[0][1] = 5
print(good)

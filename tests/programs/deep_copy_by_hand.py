# tags: nested-lists aliasing functions comprehensions
def copy_grid(g):
    return [row[:] for row in g]

grid = [[1, 0], [0, 1]]
shallow = grid[:]
deep = copy_grid(grid)
grid[0][0] = "X"
print(shallow[0][0], deep[0][0])
grid[1] = []
print(shallow, deep)

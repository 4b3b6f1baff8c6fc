# Exercise 44: rotate lists and grids

def rotate_left(items, k=1):
    k = k % len(items)
    return items[k:] + items[:k]


def transpose(grid):
    return [[row[i] for row in grid] for i in range(len(grid[0]))]


days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
print(rotate_left(days))
print(rotate_left(days, 3))
print(rotate_left(days, k=-1))

grid = [[1, 2, 3], [4, 5, 6]]
flipped = transpose(grid)
print(flipped)
print(list(reversed(flipped)))
print([list(t) for t in zip(*flipped)] == grid)

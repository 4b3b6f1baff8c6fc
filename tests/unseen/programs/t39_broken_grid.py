# Two ways to build a grid. Only one works!
bad = [[0] * 3] * 2
good = [[0] * 3 for i in range(2)]

bad[0][1] = 7
good[0][1] = 7
print("bad: ", bad)
print("good:", good)


def reset(grid):
    for row in grid:
        for i in range(len(row)):
            row[i] = 0


def replace(grid):
    grid = [[1, 1], [1, 1]]     # a new list, the caller won't notice
    return len(grid)


print(replace(good), good)
reset(good)
print(good)
same = bad[0] is bad[1]
print("Same row?", same)
bad[1] = [5]
print(bad, good == [[0, 0, 0]] * 2)

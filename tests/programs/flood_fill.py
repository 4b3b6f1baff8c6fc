# tags: recursion nested-lists
image = [
    [1, 1, 0],
    [0, 1, 0],
    [1, 0, 1],
]

def fill(r, c):
    if r < 0 or r > 2 or c < 0 or c > 2:
        return 0
    if image[r][c] != 1:
        return 0
    image[r][c] = 2
    return 1 + fill(r + 1, c) + fill(r - 1, c) + fill(r, c + 1) + fill(r, c - 1)

print(fill(0, 0), "cells filled")
for line in image:
    print(line)

# petri dish as a grid, 1 = colony
dish = [
    [0, 1, 0, 0],
    [1, 1, 0, 1],
    [0, 0, 0, 1],
]

def neighbours(grid, r, c):
    n = 0
    for dr in (-1, 0, 1):
        for dc in (-1, 0, 1):
            if dr == 0 and dc == 0:
                continue
            rr = r + dr
            cc = c + dc
            if 0 <= rr < len(grid) and 0 <= cc < len(grid[0]):
                n += grid[rr][cc]
    return n

for row in dish:
    print(*row)

print("colonies:", sum(sum(row) for row in dish))
print("around (1,1):", neighbours(dish, 1, 1))
print("around (0,3):", neighbours(dish, 0, 3))

# columns
cols = [list(c) for c in zip(*dish)]
print(cols)

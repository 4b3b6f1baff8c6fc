# tags: tuples strings dicts
# U = up, D = down, L = left, R = right
moves = "UURDL"
steps = {"U": (0, 1), "D": (0, -1), "L": (-1, 0), "R": (1, 0)}
x, y = 0, 0
visited = [(x, y)]
for m in moves:
    dx, dy = steps[m]
    x += dx
    y += dy
    visited.append((x, y))
print("robot is at", (x, y))
print("back home?", (x, y) == visited[0])

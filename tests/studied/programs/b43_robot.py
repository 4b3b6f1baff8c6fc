# robot on a grid
commands = "FFRFLBFXFF"
directions = [(0, 1), (1, 0), (0, -1), (-1, 0)]
x, y = 0, 0
d = 0
visited = {(0, 0)}
errors = []

for i, c in enumerate(commands):
    dx, dy = directions[d]
    if c == "F":
        x, y = x + dx, y + dy
    elif c == "B":
        x -= dx
        y -= dy
    elif c == "R":
        d = (d + 1) % 4
    elif c == "L":
        d = (d - 1) % 4
    else:
        errors.append((i, c))
    visited.add((x, y))

print("end:", (x, y), "facing", "NESW"[d])
print("visited", len(visited), "fields")
print("errors:", errors)
for yy in range(4, -1, -1):
    line = ""
    for xx in range(3):
        line += "#" if (xx, yy) in visited else "."
    print(line)

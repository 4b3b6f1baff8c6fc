# Our vacuum robot: L = turn left, R = turn right, F = forward
commands = "FFRFFLFX"
directions = [(0, 1), (1, 0), (0, -1), (-1, 0)]
names = ["north", "east", "south", "west"]

x = y = 0
facing = 0
visited = {(0, 0)}

for step, cmd in enumerate(commands):
    if cmd == "L":
        facing = (facing - 1) % 4
    elif cmd == "R":
        facing = (facing + 1) % 4
    elif cmd == "F":
        dx, dy = directions[facing]
        x += dx
        y += dy
        visited.add((x, y))
    else:
        print("Unknown command", cmd, "at step", step)
        break
else:
    print("All commands done")

print("Position:", (x, y), "facing", names[facing])
print("Tiles cleaned:", len(visited))
print("Distance home:", abs(x) + abs(y))

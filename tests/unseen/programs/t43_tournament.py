# Football tournament: 3 points for a win, 1 for a draw
results = [
    "Lions 2:1 Bears",
    "Bears 0:0 Owls",
    "Owls 1:3 Lions",
]

table = {}


def add_points(team, points, goals):
    entry = table.setdefault(team, [0, 0])
    entry[0] += points
    entry[1] += goals


for line in results:
    home, score, guest = line.split()
    a, b = [int(g) for g in score.split(":")]
    if a > b:
        add_points(home, 3, a)
        add_points(guest, 0, b)
    elif a < b:
        add_points(home, 0, a)
        add_points(guest, 3, b)
    else:
        add_points(home, 1, a)
        add_points(guest, 1, b)

order = sorted(table.items(), key=lambda t: (-t[1][0], -t[1][1]))
for place, (team, (pts, goals)) in enumerate(order, 1):
    print(place, team, pts, "pts", goals, "goals")
scorers = [t for t in reversed(order) if t[1][1] > 0]
print("Last team with a goal:", scorers[0][0])
print("Champion:", order[0][0].upper())

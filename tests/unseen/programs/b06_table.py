# league table
teams = {}

def addResult(home, away, hg, ag):
    for t in [home, away]:
        if t not in teams:
            teams[t] = {"played": 0, "pts": 0, "gd": 0}
    teams[home]["played"] += 1
    teams[away]["played"] += 1
    teams[home]["gd"] += hg - ag
    teams[away]["gd"] += ag - hg
    if hg > ag:
        teams[home]["pts"] += 3
    elif hg < ag:
        teams[away]["pts"] += 3
    else:
        teams[home]["pts"] += 1
        teams[away]["pts"] += 1

addResult("Lions", "Bears", 2, 1)
addResult("Bears", "Wolves", 0, 0)
addResult("Wolves", "Lions", 4, 1)

order = sorted(teams, key=lambda n: (teams[n]["pts"], teams[n]["gd"]), reverse=True)
print(f"{'Team':<8}{'P':>3}{'GD':>4}{'Pts':>5}")
for pos, name in enumerate(order, start=1):
    t = teams[name]
    print(f"{name:<8}{t['played']:>3}{t['gd']:>4}{t['pts']:>5}")
print("winner:", order[0])

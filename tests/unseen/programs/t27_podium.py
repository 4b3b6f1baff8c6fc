runners = [("Mia", 13.2), ("Noah", 12.8), ("Lea", 12.9), ("Ole", 14.1)]

ranking = sorted(runners, key=lambda r: r[1])
medals = ["gold", "silver", "bronze"]
for medal, (name, time) in zip(medals, ranking):
    print(f"{medal:>6}: {name} ({time:.1f} s)")

gap = ranking[-1][1] - ranking[0][1]
print("Gap:", round(gap, 1))

# very simple model, hares and foxes (integers only)
hares = 100
foxes = 10
year = 0

def show(y, h, f, width=20):
    bar = "h" * (h // 10) + "f" * f
    if len(bar) > width:
        bar = bar[:width] + "+"
    print(f"year {y:02d} {h:>4} {f:>3} {bar}")

show(year, hares, foxes)
while year < 5:
    year += 1
    born = hares * 3 // 10
    eaten = min(hares, foxes * 4)
    hares = hares + born - eaten
    if eaten < foxes * 4 or hares < 40:
        foxes -= 2
        print("  foxes are hungry")
    else:
        foxes += eaten // 20
    if foxes <= 0:
        print("foxes died out")
        break
    show(year, hares, foxes)
else:
    print("still alive, both")
print("end:", hares, foxes)

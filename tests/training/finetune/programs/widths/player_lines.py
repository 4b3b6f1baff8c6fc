def show(player, score):
    print(f"{player:>8}: {score:>4}")


show("Xena", 250)
show("Bo", 75)

# Taschengeld sparen (max 8 Wochen Zeit)
def sparen(ziel, proWoche=7.5, wochen=8):
    geld = float(0)
    woche = 0
    while woche < wochen:
        woche = woche + 1
        geld = geld + proWoche
        if woche % 4 == 0:
            geld = geld - 3
            print("Woche", woche, "Kino! noch", geld)
        if geld >= ziel:
            print("Geschafft in Woche", woche)
            break
    else:
        print("leider nicht, es fehlen", ziel - geld)
    return geld

print(sparen(35))
print(sparen(40, wochen=3))

def istPalindrom(wort):
    wort = wort.lower().replace(" ", "")
    rueckwaerts = "".join(reversed(wort))
    return wort == rueckwaerts

for w in ["Anna", "Reliefpfeiler", "Hallo", "nurses run"]:
    print(w, "->", istPalindrom(w))

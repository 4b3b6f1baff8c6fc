# Stundenplan
leererTag = ["-", "-", "-"]
woche = {"Mo": leererTag, "Di": leererTag, "Mi": ["-"] * 3}

woche["Mo"][0] = "Mathe"
woche["Di"][1] = "Bio"
woche["Mi"][2] = "Sport"

for tag, stunden in woche.items():
    print(tag, "|", " | ".join(stunden))

# schere stein papier
beats = {"schere": "papier", "papier": "stein", "stein": "schere"}
ich = ["stein", "stein", "papier", "schere", "papier"]
du = ["schere", "papier", "papier", "papier", "schere"]
punkteIch = 0
punkteDu = 0

for runde in range(len(ich)):
    a = ich[runde]
    b = du[runde]
    if a == b:
        text = "unentschieden"
    elif beats[a] == b:
        text = "ich gewinne"
        punkteIch += 1
    else:
        text = "du gewinnst"
        punkteDu += 1
    print(f"Runde {runde + 1:02d}: {a:<7} {b:<7} {text}")

if punkteIch > punkteDu:
    print("Ich!", punkteIch, ":", punkteDu)
elif punkteDu > punkteIch:
    print("Du!", punkteDu, ":", punkteIch)
else:
    print("Gleichstand", punkteIch)

# delete all bad grades (5 and 6)
noten = [1, 5, 6, 2, 5, 5, 3]
for n in noten:
    if n >= 5:
        noten.remove(n)
print("good ones:", noten)
schnitt = sum(noten) / len(noten)
print("Schnitt:", schnitt)

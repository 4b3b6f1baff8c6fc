def bubbleSort(liste):
    tausche = 0
    for i in range(len(liste)):
        fertig = True
        for j in range(len(liste) - 1 - i):
            if liste[j] > liste[j + 1]:
                temp = liste[j]
                liste[j] = liste[j + 1]
                liste[j + 1] = temp
                tausche += 1
                fertig = False
        print(i + 1, liste)
        if fertig:
            break
    return tausche

zahlen = [34, -2, 50, 7, 7]
kopie = list(zahlen)
n = bubbleSort(zahlen)
print("swaps:", n)
print(kopie, "->", zahlen)
print(zahlen == sorted(kopie))

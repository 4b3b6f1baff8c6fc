# stdin: ["its Paris", "88", "blue whale", "c"]
# QUIZ!!!! by Leon
q = [("Capital of France?", "paris"), ("Legs of a spider?", "8"), ("Biggest animal?", "whale")]
punkte = 0
for frage, antwort in q:
    a = input(frage + " ")
    # so "the whale" is also ok
    if a.lower().endswith(antwort):
        print("RICHTIG")
        punkte += 1
    else:
        print("FALSCH, es ist", antwort)
prozent = punkte / len(q) * 100
print(f"{punkte}/{len(q)} = {prozent:.1f}%")
letter = input("last: a, b or c? ")
print("bonus!" if letter in "bc" and punkte > 1 else "no bonus")

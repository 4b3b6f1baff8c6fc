# stdin: ["mitochondria", " Ribosome ", "i dont know", "4"]
questions = [
    ("Powerhouse of the cell?", "mitochondria", 2),
    ("Where are proteins made?", "ribosome", 2),
    ("Sugar in plant walls?", "cellulose", 3),
    ("How many bases in DNA?", "4", 1),
]

score = 0
wrong = []
for number, (q, answer, points) in enumerate(questions, start=1):
    print(f"{number}) {q}", end=" ")
    given = input().strip().lower()
    if given == answer:
        score += points
        print("Right! +" + str(points))
    else:
        wrong.append(answer)
        print("No.")

print("score", score, "of", sum(p for _, _, p in questions))
if wrong:
    print("learn again:", *wrong)
else:
    print("perfect!!")

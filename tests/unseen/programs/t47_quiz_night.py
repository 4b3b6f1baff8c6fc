# stdin: ["paris", "9", "  Blue Whale ", "n"]
questions = [
    ("Capital of France?", "Paris", 2),
    ("7 + 5?", "12", 1),
    ("Biggest animal?", "blue whale", 3),
]


def normalise(text):
    return " ".join(text.lower().split())


def play(quiz, bonus=0):
    points = bonus
    wrong = []
    for number, (q, answer, value) in enumerate(quiz, 1):
        guess = input(f"{number}) {q} ")
        if normalise(guess) == normalise(answer):
            points += value
            print("Correct!")
        else:
            print("No, it is", answer)
            wrong.append(number)
    return points, wrong


points, wrong = play(questions, bonus=1)
best = sum(v for _, _, v in questions) + 1
print(f"{points} points, {points / best:.0%}")
print("Practise again:", wrong if wrong else "nothing")
again = input("Again? ")
print("See you!" if not again.startswith("y") else "Tomorrow!")

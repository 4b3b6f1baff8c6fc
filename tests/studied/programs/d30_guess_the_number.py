# stdin: ["50", "20", "abc", "37"]
# Exercise 30: number guessing game
SECRET = 37
MAX_TRIES = 5
tries = 0

while tries < MAX_TRIES:
    answer = input("Guess: ")
    tries += 1
    if not answer.isdigit():
        print("Please type a number")
        continue
    guess = int(answer)
    if guess == SECRET:
        print("Correct! You needed", tries, "tries")
        break
    hint = "Too high" if guess > SECRET else "Too low"
    print(hint)
else:
    print("Game over. It was", SECRET)

# stdin: ["50", "20", "abc", "35", "33"]
SECRET = 33
tries = 0

while tries < 6:
    guess = input()
    if not guess.isdigit():
        print("That is not a number:", guess)
        continue
    tries += 1
    g = int(guess)
    if g == SECRET:
        print(f"Correct! You needed {tries} tries.")
        break
    elif g < SECRET:
        print(g, "is too low")
    else:
        print(g, "is too high")
else:
    print("Game over")

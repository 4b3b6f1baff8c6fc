# stdin: ["e", "a", "x", "e", "h", "t", "r"]
secret = "heart"
guessed = []
lives = 3
won = False

while lives > 0 and won == False:
    letter = input("letter? ")
    if letter in guessed:
        print("already tried")
        continue
    guessed.append(letter)
    if letter not in secret:
        lives -= 1
        print("nope, lives:", lives)
    shown = ""
    for c in secret:
        if c in guessed:
            shown += c
        else:
            shown += "_"
    print(shown)
    if "_" not in shown:
        won = True

if won:
    print("you win!!!")
else:
    print("you lose")

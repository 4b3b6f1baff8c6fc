# stdin: ["a", "E", "n", "z", "b"]
# Exercise 42: mini hangman
word = "banana"
hidden = ["_"] * len(word)
guessed = set()
lives = 3

while lives > 0 and "_" in hidden:
    print(" ".join(hidden), f"({lives} lives)")
    letter = input("Letter: ").lower()
    if letter in guessed:
        print("Already tried!")
        continue
    guessed.add(letter)
    if letter in word:
        for i, ch in enumerate(word):
            if ch == letter:
                hidden[i] = ch
    else:
        lives -= 1
        print("No", letter)

result = "won" if lives > 0 else "lost"
print("".join(hidden), "- you", result)
print("Wrong letters:", sorted(guessed - set(word)))

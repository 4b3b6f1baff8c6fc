# tags: ints input while
# stdin: ["50", "25", "37"]
secret = 37
tries = 0
guess = -1
while guess != secret:
    guess = int(input("Guess: "))
    tries += 1
    if guess < secret:
        print("too low")
    elif guess > secret:
        print("too high")
print("correct after", tries, "tries")

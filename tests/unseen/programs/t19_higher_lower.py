# I think of a number, the computer guesses cleverly
def guess(secret, low=1, high=100):
    rounds = 0
    while low <= high:
        middle = (low + high) // 2
        rounds += 1
        if middle == secret:
            return rounds
        if middle < secret:
            print(middle, "-> higher")
            low = middle + 1
        else:
            print(middle, "-> lower")
            high = middle - 1
    return -1

print("Found in round", guess(37))
print("Found in round", guess(9, high=15))
print("Cheating?", guess(20, 1, 10) == -1)

numbers = [("Omar", 4711), ("Rosalind", 982)]
for who, number in numbers:
    left = f"{who:.<12}"
    print(left + str(number))

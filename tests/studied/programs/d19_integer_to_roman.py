# Exercise 19: integers to Roman numerals
PAIRS = [
    (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
    (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
]

number = 294
left = number
roman = ""
for value, letters in PAIRS:
    while left >= value:
        roman += letters
        left -= value

print(number, "->", roman)
print("length:", len(roman), "| number of Xs:", roman.count("X"))

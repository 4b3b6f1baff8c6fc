# Exercise 18: Roman numerals to integers
values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}

def roman_to_int(roman):
    total = 0
    previous = 0
    for symbol in reversed(roman):
        value = values[symbol]
        if value < previous:
            total -= value
        else:
            total += value
        previous = value
    return total

for numeral in ["XIV", "XC", "LVIII"]:
    print(f"{numeral:>6} = {roman_to_int(numeral):3d}")

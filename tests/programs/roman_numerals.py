# tags: strings dicts for
def roman_to_int(s):
    values = {"I": 1, "V": 5, "X": 10, "L": 50}
    total = 0
    prev = 0
    for ch in reversed(s):
        v = values[ch]
        if v < prev:
            total -= v
        else:
            total += v
        prev = v
    return total

print(roman_to_int("XIV"))
print(roman_to_int("LIX"))

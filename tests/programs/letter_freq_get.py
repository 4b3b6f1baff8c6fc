# tags: strings dicts for fstrings
def letter_frequency(s):
    freq = {}
    for ch in s:
        freq[ch] = freq.get(ch, 0) + 1
    return freq

result = letter_frequency("banana")
for k, v in result.items():
    print(f"{k}: {'*' * v}")

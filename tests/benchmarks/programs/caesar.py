def shift(letter, by):
    if "a" <= letter <= "z":
        return chr((ord(letter) - ord("a") + by) % 26 + ord("a"))
    return letter


def encode(text, by):
    out = ""
    for letter in text:
        out += shift(letter, by)
    return out


secret = "a quick brown fox jumps over the lazy dog"
for by in range(6):
    code = encode(secret, by)
    print(encode(code, -by) == secret, code)

# tags: strings for functions
def encrypt(text, shift):
    out = ""
    for ch in text:
        if "a" <= ch <= "z":
            code = (ord(ch) - ord("a") + shift) % 26
            out += chr(code + ord("a"))
        else:
            out += ch
    return out

secret = encrypt("xyz abc", 3)
print(secret)
print(encrypt(secret, -3))

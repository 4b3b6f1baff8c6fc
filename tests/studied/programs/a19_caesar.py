# Week 4, exercise 5: Caesar cipher
ALPHABET = "abcdefghijklmnopqrstuvwxyz"

def encrypt(message, key):
    result = ""
    for ch in message:
        if ch.isalpha():
            pos = ALPHABET.index(ch.lower())
            new = ALPHABET[(pos + key) % 26]
            if ch.isupper():
                new = new.upper()
            result += new
        else:
            result += ch
    return result

def decrypt(message, key):
    return encrypt(message, -key)

secret = encrypt("Hello, Zoe!", 3)
print(secret)
print(decrypt(secret, 3))
print(encrypt("xyz", 29))

# Exercise 16: Caesar cipher
# Hint: ord("a") is 97 and chr(97) is "a"

def caesar(text, shift):
    result = ""
    for char in text:
        if char.isupper():
            result += chr((ord(char) - 65 + shift) % 26 + 65)
        elif char.islower():
            result += chr((ord(char) - 97 + shift) % 26 + 97)
        else:
            result += char
    return result


secret = caesar("Xyz, Hi!", 4)
print("Encoded:", secret)
print("Decoded:", caesar(secret, -4))

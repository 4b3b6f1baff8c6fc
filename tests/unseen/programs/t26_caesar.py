def encode(text, shift):
    secret = ""
    for c in text:
        if c.isalpha():
            place = "abcdefghijklmnopqrstuvwxyz".index(c)
            secret += "abcdefghijklmnopqrstuvwxyz"[(place + shift) % 26]
        else:
            secret += c
    return secret

note = "meet at 3"
hidden = encode(note, 5)
print(hidden)
print(encode(hidden, -5))
print(encode(hidden, -5) == note)

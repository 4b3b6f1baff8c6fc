# Exercise 17 (harder): Vigenere cipher
ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def vigenere(message, key, mode="encrypt"):
    output = []
    key_pos = 0
    for ch in message:
        place = ALPHABET.find(ch)
        if place == -1:
            # not a letter, keep it and do not move along the key
            output.append(ch)
            continue
        shift = ALPHABET.index(key[key_pos % len(key)])
        if mode == "decrypt":
            shift = -shift
        output.append(ALPHABET[(place + shift) % 26])
        key_pos += 1
    return "".join(output)


plain = "meet me"
key = "cab"
cipher = vigenere(plain, key)
print(f"plain : {plain}")
print(f"cipher: {cipher}")

back = vigenere(cipher, key, mode="decrypt")
print(f"back  : {back}")
assert back == plain

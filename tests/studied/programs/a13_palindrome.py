# A palindrome reads the same in both directions
sentence = "Never odd or even!"
letters = [c for c in sentence.lower() if c.isalpha()]
print("".join(letters))
print(letters == list(reversed(letters)))
print(letters == letters[::-1], sentence == sentence[::-1])
print(sorted(set(letters)))

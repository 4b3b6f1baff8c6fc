text = "the quick brown fox jumps over the lazy dog and the cat sat on the mat "
counts = {}
word = ""
for letter in text * 8:
    if letter == " ":
        if word in counts:
            counts[word] += 1
        else:
            counts[word] = 1
        word = ""
    else:
        word = word + letter
for word in sorted(counts):
    print(word, counts[word])

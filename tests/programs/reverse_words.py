# tags: strings lists slicing
sentence = "keep it simple"
words = sentence.split(" ")
words.reverse()
print(" ".join(words))
print(sentence[::-1])
print(sentence[5:7], sentence[-6:])

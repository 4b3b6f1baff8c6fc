# tags: strings crash
word = "hat"
print(word[0])
new = "c" + word[1:]
print(new)
word[0] = "c"

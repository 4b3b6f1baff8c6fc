# tags: strings lists sorting while
words = ["pear", "fig", "apple", "kiwi"]
for i in range(1, len(words)):
    current = words[i]
    j = i - 1
    while j >= 0 and words[j] > current:
        words[j + 1] = words[j]
        j -= 1
    words[j + 1] = current
print(words)

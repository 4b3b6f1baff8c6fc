words = ["pear", "Fig", "apple", "kiwi", "Date"]
print(sorted(words))
print(sorted(words, key=str.lower))
print(sorted(words, key=len))
print(sorted(words, key=lambda w: (-len(w), w)))
words.sort(key=lambda w: w[-1], reverse=True)
print(words)
print(max(words), min(words, key=len))

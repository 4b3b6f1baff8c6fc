# Exercise 20: how often does each word appear?
text = "The cat saw the dog. The dog ran!"

counts = {}
for word in text.lower().replace(".", "").replace("!", "").split():
    counts[word] = counts.get(word, 0) + 1

for word, times in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])):
    print(f"{word:<5}{'*' * times}")

print("Different words:", len(counts))
print("Most common:", max(counts, key=counts.get))

text = """the cat saw the dog
and the dog saw a bird"""

counts = {}
for word in text.split():
    counts[word] = counts.get(word, 0) + 1

# sort by frequency (descending), then alphabetically
ranking = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
for word, n in ranking[:4]:
    print(f"{word:>5} {'*' * n}")
print(len(counts), "different words")

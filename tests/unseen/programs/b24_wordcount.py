text = "the cat and the dog and THE bird"
counts = {}
for word in text.lower().split(" "):
    if word in counts.keys():
        counts[word] = counts[word] + 1
    else:
        counts[word] = 1
for key in sorted(counts):
    print(key, counts[key])
most = max(counts, key=counts.get)
print("most common:", most.upper())

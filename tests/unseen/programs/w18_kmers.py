def kmers(seq, k=3):
    result = {}
    for i in range(len(seq) - k + 1):
        word = seq[i:i + k]
        result[word] = result.get(word, 0) + 1
    return result

d = kmers("ATATATGC")
print(d)
print(kmers("AACAA", k=2))

best = None
for key in d:
    if best is None or d[key] > d[best]:
        best = key
        print("new best", best)
print("most common:", best, d[best], "times")

# sort by count, lambda is still strange for me
ordered = sorted(d.items(), key=lambda pair: (-pair[1], pair[0]))
for w, n in ordered:
    print(w, "*" * n)

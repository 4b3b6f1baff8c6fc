# stdin: ["the cat sat on the mat", "a dog and the cat", "stop"]
seen = {}
order = []
line = input()
while line != "stop":
    for w in line.split():
        if w not in seen:
            order.append(w)
        seen[w] = seen.get(w, 0) + 1
    line = input()

by_len = {}
for w in order:
    by_len.setdefault(len(w), []).append(w)

for size in sorted(by_len):
    print(size, by_len[size])

top = sorted(seen.items(), key=lambda p: (-p[1], p[0]))[:3]
for word, n in top:
    print(f"{word:>5} {'#' * n}")
print(sum(seen.values()), len(seen))
print([w for w, n in seen.items() if n == 1 and "a" in w])

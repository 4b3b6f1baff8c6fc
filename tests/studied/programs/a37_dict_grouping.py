words = ["kiwi", "plum", "apple", "pear", "fig", "peach"]

by_length = {}
for w in words:
    by_length.setdefault(len(w), []).append(w)

for length in sorted(by_length):
    print(length, by_length[length])

removed = by_length.pop(3)
print("removed", removed, "- remaining keys:", list(by_length.keys()))
print(by_length.pop(9, "no such length"))

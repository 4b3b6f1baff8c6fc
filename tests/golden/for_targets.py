pairs = [("a", 1), ("b", 2)]
for i, (name, n) in enumerate(pairs, start=1):
    print(i, name * n)
box = [None]
for box[0] in range(2):
    pass
for *most, tail in [(1, 2, 3)]:
    print(most, tail)
for ch in reversed("xy"):
    for n in (1, 2):
        if n == 2:
            break
    else:
        print("never")
for a, b in zip([1, 2, 3], "uv"):
    last = a, b
print(box, last)

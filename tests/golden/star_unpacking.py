first, *middle, last = range(5)
*start, end = "hi"
(a, b), *rest = [(1, 2), (3, 4)]
merged = [*middle, *rest, last]
both = {**{"x": 1}, "y": 2}
for key, (low, high) in {"k": (0, 9)}.items():
    print(key, low, high)
print(*merged, sep="-")
head, *none = [1]
p, q, r = 1, 2

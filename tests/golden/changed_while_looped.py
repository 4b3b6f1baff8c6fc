items = [1, 2, 3]
for x in items:
    if x == 1:
        items.remove(x)
d = {"a": 1}
for k in d:
    d[k + "x"] = 2

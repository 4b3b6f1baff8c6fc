d = {1: "int", "1": "str", (1, 2): "tuple"}
d[1.0] = "float"
d[True] = "bool"
print(len(d))
print(d)
print(d[(1, 2)], d.get((2, 1)))

inv = {v: k for k, v in d.items()}
print(inv["str"] * 3, inv["bool"] * 3)

other = {**d, "1": "new", None: 0}
del d["1"]
print(len(d), len(other), other["1"])
print(sorted(str(k) for k in other))

same = d
d = dict(d)
d.clear()
print(d, same)
print({"x": 1, "y": 2} == {"y": 2, "x": 1})

d = {"a": 1, "b": 2}
d["c"] = d.get("z", 0) + d["b"]
print(d)
print(d.pop("a"), d.pop("q", "none"))
print(d.setdefault("b", 50), d.setdefault("e", 50))
d["b"] += 10
for k, v in d.items():
    print(k, v, sep="=", end="; ")
print()
print("c" in d, 2 in d, 2 in d.values())
print(list(d.keys())[::-1])

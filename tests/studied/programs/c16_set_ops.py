a = set("hello")
b = set("world")
print(sorted(a & b))
print(sorted(a | b))
print(sorted(a - b), sorted(b - a))
print(len(a ^ b))
print("h" in a, "hel" in a)
c = {1, 2.0, 2, True, 1.5}
print(len(c))

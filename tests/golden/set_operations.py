a = {1, 2, 3}
b = set("ab")
c = a | {4}
a &= {2, 3, 9}
diff = c - a
both = a ^ {3, 5}
a.add("z")
print(sorted(c), len(a), 2 in a, diff <= c)
empty = set()
mixed = {(1, 2), None, True}
a.remove(99)

# which things are True ?
things = [0, 1, -1, 0.0, "", " ", "0", [], [0], None]
for t in things:
    print(repr(t), bool(t), sep=" => ")
print(True + True + False)
print(3 > 2 > 1, not 3 > 2)

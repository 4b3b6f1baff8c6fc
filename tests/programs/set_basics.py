# tags: sets ints
a = {1, 2, 3, 4}
b = {3, 4, 5}
print(a & b)
print(a | b)
print(a - b)
a.add(10)
a.discard(1)
print(len(a), 10 in a, 1 in a)

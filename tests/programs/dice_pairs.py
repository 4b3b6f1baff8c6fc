# tags: for comprehensions dicts
ways = {}
for a in range(1, 4):
    for b in range(1, 4):
        s = a + b
        ways[s] = ways.get(s, 0) + 1
print(ways)
print(max(ways, key=ways.get))

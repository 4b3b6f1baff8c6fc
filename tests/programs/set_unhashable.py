# tags: sets crash lists
seen = set()
seen.add((1, 2))
seen.add((1, 2))
print(len(seen))
seen.add([3, 4])
print(len(seen))

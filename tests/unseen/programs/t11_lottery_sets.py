mine = {4, 8, 15, 16, 23, 42}
drawn = {8, 9, 16, 30, 42}
drawn.add(44)
drawn.add(9)      # already in there!

hits = mine.intersection(drawn)
print("Hits:", sorted(hits))
print("Numbers seen:", len(mine.union(drawn)))
print("Missed:", sorted(drawn - mine))
print(23 in mine and 23 not in drawn)

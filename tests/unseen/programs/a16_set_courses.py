math = {"Ada", "Ben", "Cleo", "Dan"}
physics = {"Ben", "Dan", "Eve"}

both = math & physics
print(sorted(both))
print(sorted(math.union(physics)))
print(sorted(math - physics))
physics.add("Ada")
print(len(math.intersection(physics)), "Eve" in math)

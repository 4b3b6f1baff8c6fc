# Exercise 10: friends in common (sets)
anna = {"Ben", "Cara", "Dev"}
omar = {"Cara", "Dev", "Ella"}

anna.add("Finn")
anna.add("Ben")       # already there, nothing happens

common = anna.intersection(omar)
everyone = anna.union(omar)

print("In common:", sorted(common))
print("All:", sorted(everyone), len(everyone))
print("Only Anna:", sorted(anna - omar))
print("Is Ella a friend of Anna?", "Ella" in anna)

north = {"moss", "fern", "oak"}
south = {"oak", "poppy", "moss", "thyme"}

both = north & south
print("both:", sorted(both))
print("all:", sorted(north.union(south)))
print("only south:", sorted(south - north))
print("only in one:", sorted(north ^ south))

north.add("fern")
north.add("ivy")
print(len(north), "ivy" in north, "ivy" in south)

# tags: tuples crash
point = (3, 4)
print("x is", point[0])
moved = (point[0] + 1, point[1])
print("moved to", moved)
point[0] = 10
print("never printed")

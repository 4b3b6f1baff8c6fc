# sorting my list of genera
genera = ["Quercus", "Acer", "Betula", "Fagus"]
print(genera)
result = genera.sort()
print(genera)
print("result is", result)

labels = []
for pos, g in enumerate(genera):
    labels.append(str(pos + 1) + "." + g[:3].upper())
print(labels)
print("how many:", len(genera))
print("first one:", result[0])

# tags: lists for strings
names = ["Kai", "Lou", "Max", "Nia"]
wanted = "Max"
for position, name in enumerate(names):
    if name == wanted:
        print("found at", position)
        break
else:
    print("not found")

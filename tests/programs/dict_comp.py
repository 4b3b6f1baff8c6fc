# tags: comprehensions dicts strings
names = ["ada", "alan", "grace"]
lengths = {name: len(name) for name in names}
initials = {name[0].upper() for name in names if len(name) > 3}
print(lengths)
print(len(initials))
flipped = {v: k for k, v in lengths.items()}
print(flipped)

# Exercise 12: clean up messy names
messy = ["  aLICE smith", "BOB jones  ", " carol "]

clean = [name.strip().title() for name in messy]
print(clean)
print(", ".join(clean))

for name in clean:
    initials = "".join([part[0] for part in name.split()])
    print(initials, end=" ")
print()

raw = ["  homo sapiens", "MUS musculus ", " canis Lupus  ", "felis catus"]

def clean(name):
    """genus with capital letter, species small"""
    name = name.strip().lower()
    genus, species = name.split()
    return genus.title() + " " + species

short = []
for r in raw:
    good = clean(r)
    print(repr(r), "->", good)
    g, s = good.split(" ")
    short.append(f"{g[0]}. {s}")

print(", ".join(short))

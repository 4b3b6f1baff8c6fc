# Who has how many descendants?
children = {
    "Grandma": ["Petra", "Uwe"],
    "Petra": ["Lia"],
    "Uwe": ["Max", "Ida"],
    "Max": ["Baby"],
}


def descendants(name):
    total = 0
    for child in children.get(name, []):
        total += 1 + descendants(child)
    return total


def depth(name):
    kids = children.get(name, [])
    if not kids:
        return 1
    return 1 + max(depth(k) for k in kids)


def draw(name, level=0):
    print("  " * level + name)
    for child in children.get(name, []):
        draw(child, level + 1)


draw("Grandma")
print("Grandma:", descendants("Grandma"))
print("Lia:", descendants("Lia"))
print("Generations:", depth("Grandma"))

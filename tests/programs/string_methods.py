# tags: strings printing methods
s = "  Hello, World  "
t = s.strip()
print(t)
print(t.upper(), t.lower())
print(t.replace("World", "Python"))
print(t.find("o"), t.count("l"))
print(t.startswith("Hell"), t.endswith("!"))
parts = t.split(", ")
print(parts)

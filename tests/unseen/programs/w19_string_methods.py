s = "  Drosophila melanogaster "
print(len(s))
s = s.strip()
print(s.upper())
print(s.find("mel"), s.find("xyz"))
print(s.replace("melanogaster", "simulans"))
print(s.startswith("Dros"), s.endswith("a"))
print(s[0] + ". " + s[11:])
print(s.count("a"), s.index("o"))

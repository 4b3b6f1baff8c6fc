# Is it a copy or not?
anna = ["crisps", "cola"]
ben = anna
cleo = anna[:]

ben.append("gum")
cleo.append("water")
print(anna)
print(ben is anna, cleo is anna)
print(len(anna), len(cleo), anna == cleo)

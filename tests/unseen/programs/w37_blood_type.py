def phenotype(a1, a2):
    alleles = a1 + a2
    if "A" in alleles and "B" in alleles:
        return "AB"
    elif "A" in alleles:
        return "A"
    elif "B" in alleles:
        return "B"
    else:
        return "0"

mother = ("A", "0")
father = ("B", "0")
counts = {}
for m in mother:
    for f in father:
        p = phenotype(m, f)
        print(m, "x", f, "=", p)
        counts.setdefault(p, []).append(m + f)
print(counts)
for k in counts.keys():
    print(k, len(counts[k]) / 4 * 100, "%")

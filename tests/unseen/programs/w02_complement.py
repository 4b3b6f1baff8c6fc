pairs = {"A": "T", "T": "A", "G": "C", "C": "G"}

dna = "gattaca"
dna = dna.upper()
print(dna)

comp = ""
for base in dna:
    comp = comp + pairs[base]
print(comp)

# reverse complement (read the other way)
rev = comp[::-1]
print(rev)
print(rev == dna)

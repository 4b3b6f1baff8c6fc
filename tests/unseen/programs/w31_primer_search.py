genome = "AATGCCATGTTATGA"
primer = "ATG"

# find all positions
pos = genome.find(primer)
found = []
while pos != -1:
    found.append(pos)
    print("found at", pos, genome[pos:pos+5])
    pos = genome.find(primer, pos + 1)

print(found)
gaps = []
for i in range(1, len(found)):
    gaps.append(found[i] - found[i-1])
print("distances:", gaps)
print(genome.replace(primer, primer.lower()))
print(genome.split(primer))

mass = {"G": 57, "A": 71, "S": 87, "P": 97, "V": 99}

def peptide_mass(pep):
    total = 18   # water
    for aa in pep:
        total += mass[aa]
        print(" ", aa, total)
    return total

for pep in ["GAS", "VP", "GAX"]:
    print("peptide", pep)
    print("mass:", peptide_mass(pep))
print("finished")

# gc content of a short sequence
seq = "ATGCGCTA"
g = seq.count("G")
c = seq.count("C")
print("G:", g, "C:", c)
gc = (g + c) / len(seq) * 100
print(f"GC content is {gc:.2f} %")

stock = 500.0
factor = 5
steps = 4
conc = stock
for step in range(1, steps + 1):
    conc = conc / factor
    print("tube", step, "->", f"{conc:.3f}", "ug/ml")
print("dilution 1 :", factor ** steps)

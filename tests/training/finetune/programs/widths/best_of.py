runs = [("Ana", 14), ("Jonas", 9), ("Kim", 21)]
best = runs[0]
for run in runs:
    if run[1] > best[1]:
        best = run
print(f"{best[0]:<8}{best[1]:>4}")

rows = []
for name, age in [("Ida", 9), ("Konrad", 11)]:
    rows.append(f"{name:<8}{age:>3}")
for row in rows:
    print(row)

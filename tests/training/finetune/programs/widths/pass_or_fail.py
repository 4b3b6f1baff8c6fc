marks = {"Nils": 44, "Olivia": 81}
for name in marks:
    result = "fail"
    if marks[name] >= 50:
        result = "pass"
    print(f"{name:<8}{result:>6}")

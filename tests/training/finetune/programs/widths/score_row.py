def row(name, points):
    return f"{name:<8}|{points:>5}"


print(row("Ana", 12))
print(row("Ben", 7))
print(row("Christa", 103))

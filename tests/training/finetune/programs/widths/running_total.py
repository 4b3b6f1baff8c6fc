total = 0
for n in [5, 40, 120]:
    total += n
    print(f"{n:>5}{total:>6}")

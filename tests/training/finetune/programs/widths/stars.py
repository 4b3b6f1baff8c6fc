sales = [("Jan", 4), ("Feb", 7)]
for month, count in sales:
    bar = "*" * count
    print(f"{month} {bar:<8}{count:>3}")

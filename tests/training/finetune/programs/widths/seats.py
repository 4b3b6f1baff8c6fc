rows = 3
seats = 4
for row in range(1, rows + 1):
    print(f"row {row:>2}{row * seats:>4} seats")

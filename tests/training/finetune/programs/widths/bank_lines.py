balance = 100
for change in [50, -30, -75]:
    balance = balance + change
    print(f"{change:>6} {balance:>7}")

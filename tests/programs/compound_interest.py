# tags: floats for fstrings
balance = 1000.0
rate = 0.05
for year in range(1, 4):
    interest = balance * rate
    balance += interest
    print(f"year {year}: {balance:.2f}")

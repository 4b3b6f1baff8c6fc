# After how many years do we have at least 1500?
balance = 1000.0
rate = 0.08
year = 0
while balance < 1500:
    interest = balance * rate
    balance += interest
    year += 1
    print(f"Year {year}: +{interest:.2f} = {balance:.2f}")
print("Years needed:", year)

# stdin: ["A1", "b2", "C9", "A1", "quit"]
stock = {"A1": ["chips", 1.5, 1], "B2": ["cola", 2.0, 5], "C3": ["nuts", 1.2, 2]}
income = 0.0

def sell(code):
    """Returns the price, or 0 if nothing was sold."""
    if code not in stock:
        print("No such code:", code)
        return 0
    name, price, amount = stock[code]
    if amount == 0:
        print("Sold out:", name)
        return 0
    stock[code][2] -= 1
    print("Enjoy your", name)
    return price

while True:
    code = input("Code: ").upper()
    if code == "QUIT":
        break
    income += sell(code)

print(f"Income: {income:.2f}")
for code, (name, _, amount) in stock.items():
    print(code, name.ljust(6), amount)

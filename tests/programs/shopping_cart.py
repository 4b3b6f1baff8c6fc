# tags: dicts lists floats fstrings
prices = {"bread": 2.5, "milk": 1.2, "jam": 3.0}
cart = [("bread", 2), ("jam", 1)]

total = 0
for item, qty in cart:
    line = prices[item] * qty
    total += line
    print(f"{item:<6} x{qty}  {line:5.2f}")
print(f"total: {total:.2f}")
if total > 5:
    print("free shipping!")

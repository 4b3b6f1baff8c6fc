# Exercise 32: inventory report with columns
inventory = [
    ("Notebook", 12, 2.50),
    ("Pen", 140, 0.35),
    ("Stapler", 3, 7.99),
]

print(f"{'Item':<10}{'Qty':>5}{'Price':>8}{'Value':>9}")
print("-" * 32)

grand_total = 0
low_stock = []
for item, qty, price in inventory:
    value = qty * price
    grand_total += value
    print(f"{item:<10}{qty:>5}{price:>8.2f}{value:>9.2f}")
    if qty < 10:
        low_stock.append(item)

print("-" * 32)
print(f"{'Total':<23}{grand_total:>9.2f}")
print("Reorder:", low_stock if low_stock else "nothing")

# A receipt of two lines and a total
total = 0
for name, price in [("apple", 3), ("melon", 12)]:
    print(f"{name:<9}{price:>4}")
    total += price
print(f"{'total':<9}{total:>4}")

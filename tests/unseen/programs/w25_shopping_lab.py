prices = {"tips": 12.5, "gloves": 8, "agarose": 64.9}
order = [("tips", 4), ("gloves", 10), ("ethanol", 1), ("agarose", 1)]
total = 0
for item, n in order:
    p = prices.get(item)
    if p is None:
        print("we have no price for", item)
        continue
    line = p * n
    total += line
    print(f"{item:<10}{n:>3} x {p:>6.2f} = {line:>7.2f}")
print("-" * 30)
print(f"total {total:.2f}")
if total > 150: print("need signature of boss")

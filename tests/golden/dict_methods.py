stock = {"pen": 2}
stock.setdefault("ink", []).append("blue")
stock |= {"pad": 1}
stock.update(pen=5)
gone = stock.pop("pad")
pair = stock.popitem()
keys = list(stock)
other = dict(zip("ab", [1, 2]), c=3)
for name in sorted(other, reverse=True):
    if other[name] > 2:
        del other[name]
swapped = {v: k for k, v in other.items()}
print(stock, gone, pair, swapped, "a" in other, stock.get("x", "?"))
stock["nope"]

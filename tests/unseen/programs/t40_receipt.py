prices = {"bread": 2.8, "milk": 1.15, "apples": 0.4}
basket = ["apples", "milk", "apples", "soap", "bread", "apples"]


def count_items(items):
    counts = {}
    for item in items:
        counts.setdefault(item, 0)
        counts[item] += 1
    return counts


def make_receipt(items):
    total = 0
    unknown = []
    for name, n in sorted(count_items(items).items()):
        if name not in prices:
            unknown.append(name)
            continue
        cost = n * prices[name]
        total += cost
        print(f"{n} x {name:<8}{cost:>6.2f}")
    print("-" * 18)
    print(f"{'TOTAL':<12}{total:>6.2f}")
    return unknown


missing = make_receipt(basket)
if missing:
    print("Ask the cashier about:", *missing)

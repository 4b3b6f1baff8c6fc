# count insects in the traps of one week
traps = [
    ("mon", 4, "beetle"),
    ("tue", 0, "none"),
    ("wed", 7, "fly"),
    ("thu", 2, "beetle"),
    ("fri", 3, "fly"),
]

totals = {}
for day, n, kind in traps:
    if n == 0:
        print(day, "nothing, skip")
        continue
    if kind not in totals:
        totals[kind] = 0
    totals[kind] += n
    print(day, totals)

for kind, total in totals.items():
    print(f"{kind:>8}: {total:3d}")

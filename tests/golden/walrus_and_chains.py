data = [3, 1]
while (n := data.pop()) and data:
    print(n)
if 1 < (m := n * 2) <= 6:
    print(m)
best = "big" if m > 5 else "small"
ok = n and not m or best

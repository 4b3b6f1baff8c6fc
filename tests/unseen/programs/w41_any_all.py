temps = [18, 21, 19, 25, 17]
print(any(t > 24 for t in temps))
print(all(t > 16 for t in temps))
print(all([]), any([]))
diffs = [abs(t - 20) for t in temps]
print(diffs, "closest:", temps[diffs.index(min(diffs))])

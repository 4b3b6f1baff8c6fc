def keep(n):
    return n % 2

grid = [[1, 2], [3, 4]]
flat = [n for row in grid for n in row if keep(n)]
pairs = {(a, b) for a in range(3) for b in range(a)}
names = {w: len(w) for w in ["pen", "ink"] if "n" in w}
table = [[r * c for c in range(2)] for r in range(2)]
signs = ["+" if n > 0 else "-" for n in (1, -1)]
def scale(k):
    return [k * n for n in flat]
print(scale(10), sorted(pairs), names, table, signs)

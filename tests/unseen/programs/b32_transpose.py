matrix = [[1, 2, 3], [4, 5, 6]]
t = [list(r) for r in zip(*matrix)]
print(t)
flat = [n for row in matrix for n in row]
print(flat[::2], flat[-2:], flat[4:0:-2])
print([sum(r) for r in matrix], all(n > 0 for n in flat), any(n > 6 for n in flat))
first, *rest = flat
print(first, rest)

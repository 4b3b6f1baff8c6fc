lengths = [2.4, 5.1, 7.7, 3.3, 9.0, 5.0]

groups = {"small": [], "medium": [], "big": []}
for x in lengths:
    if x < 4:
        groups["small"].append(x)
    elif x < 7:
        groups["medium"].append(x)
    else:
        groups["big"].append(x)

stats = {name: (len(v), round(sum(v) / len(v), 2)) for name, v in groups.items()}
print(stats)
n_all = [n for n, m in stats.values()]
print(n_all, sum(n_all) == len(lengths))
for name in reversed(list(groups)):
    print(name.upper(), *sorted(groups[name]), sep=" | ")
squares = {i: i ** 2 for i in range(1, 4)}
print(squares, {x % 3 for x in [3, 4, 6, 7]})

# tags: tuples sorting strings fstrings
results = [("Bo", 3, 12.5), ("Al", 1, 11.9), ("Cy", 2, 12.5)]
results.sort(key=lambda r: (r[2], r[0]))
for place, (name, lane, secs) in enumerate(results, start=1):
    print(f"{place}. {name:<3} lane {lane} {secs:>6.2f}s")

# well names on a small plate
rows = "ABC"
wells = []
for r in rows:
    for col in range(1, 5):
        wells.append(f"{r}{col:02d}")
print(len(wells))
print(wells[:4])
print(wells[-1], wells[::5])

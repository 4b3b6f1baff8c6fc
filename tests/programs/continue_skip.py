# tags: for ints
total = 0
for i in range(1, 8):
    if i % 3 == 0:
        continue
    total += i
    if total > 12:
        break
print(i, total)

total = 0
while True:
    total += 2
    if total < 4:
        continue
    break
print(total)

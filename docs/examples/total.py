total = 0
for n in [3, 4]:
    total += n
print(total)

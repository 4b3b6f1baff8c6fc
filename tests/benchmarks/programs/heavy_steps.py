total = 0
for i in range(33333):
    if i % 2 == 0:
        total += i
print(total)
while total > 0:
    total -= 20000
print("done")

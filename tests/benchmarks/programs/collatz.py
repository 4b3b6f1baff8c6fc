longest = 0
best = 1
for start in range(1, 60):
    n = start
    length = 1
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        length += 1
    if length > longest:
        longest = length
        best = start
print(best, longest)

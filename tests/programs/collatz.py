# tags: ints while lists
n = 6
path = [n]
while n != 1:
    if n % 2 == 0:
        n = n // 2
    else:
        n = 3 * n + 1
    path.append(n)
print(path)
print("steps:", len(path) - 1)

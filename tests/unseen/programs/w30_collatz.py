n = 6
steps = 0
path = [n]
while n != 1:
    if n % 2 == 0:
        n //= 2
    else:
        n = 3 * n + 1
    steps += 1
    path.append(n)
print(path)
print(steps, "steps, highest", max(path))
print("odd ones:", [p for p in path if p % 2])

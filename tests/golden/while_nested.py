n = 6
while n != 1:
    steps = 0
    while n % 2 == 0:
        n //= 2
        steps += 1
        if steps > 5:
            break
    else:
        print("odd", n)
    if n == 1:
        continue
    n = 3 * n - 1 if n > 3 else 1
print("end", n)

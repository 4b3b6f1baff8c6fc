# tags: for ints
# for ... else: the else runs only without a break
for n in (8, 9, 11):
    for d in range(2, n):
        if n % d == 0:
            print(n, "=", d, "*", n // d)
            break
    else:
        print(n, "is prime")

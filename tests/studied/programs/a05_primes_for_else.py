# for ... else : the else part runs if we did NOT break
for n in range(20, 30):
    for d in range(2, n):
        if d * d > n:
            continue
        if n % d == 0:
            break
    else:
        print(n, "is prime")
print("done")

# Exercise 41: for ... else with prime numbers
primes = []
for n in range(2, 16):
    for d in range(2, n):
        if n % d == 0:
            break
    else:
        primes.append(n)

print(primes)
print("There are", len(primes), "primes, sum", sum(primes))

# find primes up to 20
primes = []
for n in range(2, 21):
    for p in primes:
        if n % p == 0:
            break
    else:
        primes.append(n)
print(primes)
twins = [(a, b) for a, b in zip(primes, primes[1:]) if b - a == 2]
print("twins:", twins)
print("count:", len(primes), end=".\n")

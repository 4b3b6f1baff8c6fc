# tags: lists bools while
limit = 20
is_prime = [True] * (limit + 1)
is_prime[0] = is_prime[1] = False
p = 2
while p * p <= limit:
    if is_prime[p]:
        for multiple in range(p * p, limit + 1, p):
            is_prime[multiple] = False
    p += 1

primes = []
for i, flag in enumerate(is_prime):
    if flag:
        primes.append(i)
print(primes)

# tags: ints while functions
def gcd(a, b):
    while b != 0:
        a, b = b, a % b
    return a

print(gcd(48, 18))
print(gcd(17, 5))
g = gcd(100, 75)
print("100/75 =", 100 // g, "/", 75 // g)

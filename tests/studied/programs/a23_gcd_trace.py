# Euclid's algorithm, with a trace table
def gcd(a, b):
    print("   a |   b | a % b")
    while b != 0:
        r = a % b
        print(f"{a:>4} |{b:>4} |{r:>4}")
        a = b
        b = r
    return a

print("gcd =", gcd(252, 105))

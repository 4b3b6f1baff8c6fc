def fak(n):
    if n <= 1:
        return 1
    return n * fak(n - 1)

def quersumme(n):
    if n < 10:
        return n
    return n % 10 + quersumme(n // 10)

def potenz(b, e):
    if e == 0:
        return 1
    if e % 2 == 0:
        h = potenz(b, e // 2)
        return h * h
    return b * potenz(b, e - 1)

print(fak(5))
print(quersumme(9471))
print(potenz(2, 9), potenz(3, 4))
print(quersumme(fak(6)))

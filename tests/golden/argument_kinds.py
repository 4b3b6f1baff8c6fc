def pos(a, b, /, c):
    return a + b + c

def kw(a, *, b=1, c):
    return (a, b, c)

def every(a, /, b, *rest, c=0, **named):
    return sorted(named)

print(pos(1, 2, c=3))
print(kw(1, c=2))
numbers = [1, 2, 3]
options = {"c": 5, "d": 6}
print(every(*numbers, **options))
print(every(*"ab", a=9))

class Len:
    def __init__(self, m):
        self.m = m

    def __radd__(self, other):
        return Len(other + self.m)

    def __iadd__(self, n):
        self.m += n
        return self

    def __lt__(self, other):
        return self.m < other.m

    def __neg__(self):
        return Len(-self.m)

    def __bool__(self):
        return self.m > 0

a = 1 + Len(2)
b = a
b += 10
short = min([b, Len(5)])
if -short:
    print("positive")
print(a.m, short.m, sorted([Len(2), Len(1)])[0].m)

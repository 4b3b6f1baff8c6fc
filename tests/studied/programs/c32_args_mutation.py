def change(n, lst, dct, t=()):
    n += 1
    lst += [n]
    dct["n"] = n
    t += (n,)
    lst = lst + ["local"]
    dct = {}
    return t

a = 5
b = [1]
c = {}
d = (0,)
print(change(a, b, c, d))
print(a, b, c, d)
print(change(a + 1, b, dct=c))
print(a, b, c, d)
print(change(t=d, n=0, dct=c, lst=b[:]))
print(b, c)

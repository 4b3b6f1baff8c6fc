late = []
for i in range(2):
    late.append(lambda: i)
print([f() for f in late])

bound = [lambda x, k=k: x * k for k in (2, 3)]
print([f(10) for f in bound])

def makers():
    out = []
    for n in "ab":
        def shout():
            return n + "!"
        out.append(shout)
    n = "z"
    return out

print(makers()[0]())

log = []

def v(name, value):
    log.append(name)
    return value

x = v("a", 2) + v("b", 3) * v("c", 4)
d = {v("k1", "p"): v("v1", 1), v("k2", "q"): v("v2", 2)}
y = v("yes", 10) if v("test", False) else v("no", 20)
lst = [0, 0]
lst[v("idx", 1)] = v("rhs", 8)
z = v("l", 1) < v("m", 0) < v("r", 5)
print(x, y, z)
print(d, lst)
print(" ".join(log))

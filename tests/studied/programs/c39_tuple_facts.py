t = (1, 2, [3, 4])
u = t + (5,)
t[2].append(99)
print(u)
print((1, 2) < (1, 3), (2,) > (1, 9, 9), "b" > "abc")
x = (5)
y = (5,)
print(x * 3, y * 3)
a, b = 1, 2
a, b = b, a + b
print(a, b)
print(t.count(1), t.index(2), len(t))
try:
    t[2] += [0]
except TypeError:
    print("cannot change")
print(t)

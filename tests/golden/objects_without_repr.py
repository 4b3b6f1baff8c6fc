import math

class Thing:
    pass

t = Thing()
print(t)
text = str(t)
bound = t.__init__
f = len
m = math.pi
it = iter([1])
z = zip([1], [2])
e = enumerate("a")
r = range(3)
s = slice(1, None)
k = Thing

for x in [0, "", [], None, 0.0, (), "0", [0]]:
    if x:
        print(repr(x), "is true")
    elif x is None:
        print("None")
x = 5
a = x > 3 and x
b = x < 3 or "no"
c = not x
d = x == 5.0
e = x is True
f = 1 < 2 > 1

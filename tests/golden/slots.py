class Point:
    __slots__ = ("x", "y")

    def __init__(self, x):
        self.x = x

p = Point(1)
p.y = 5
p.x += p.y
print(p.x)
del p.y
try:
    p.z = 0
except AttributeError:
    print("no z")

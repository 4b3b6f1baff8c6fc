def show(x):
    print("noted", x)
    return x

count: int = 3
name: show("str")
box = {}
box["k"]: int = 5

def area(w: show(int), h: float = 2.0) -> "number":
    depth: int
    size: float = w * h
    return size

class Point:
    x: int
    y: int = 0

print(area(3), box, Point.__annotations__, area.__annotations__["w"])

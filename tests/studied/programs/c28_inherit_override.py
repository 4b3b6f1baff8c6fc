class Shape:
    kind = "shape"

    def __init__(self, name="?"):
        self.name = name

    def area(self):
        return 0

    def describe(self):
        return f"{self.kind} {self.name}: {self.area():.1f}"


class Rect(Shape):
    kind = "rect"

    def __init__(self, w, h):
        super().__init__(f"{w}x{h}")
        self.w, self.h = w, h

    def area(self):
        return self.w * self.h


class Square(Rect):
    def __init__(self, s):
        super().__init__(s, s)
        self.kind = "square"

    def __str__(self):
        return "<" + self.describe() + ">"


items = [Shape(), Rect(2, 3.5), Square(4)]
for it in items:
    print(it.describe())
print(items[2])
print(isinstance(items[2], Shape), isinstance(items[1], Square))
print(Square.kind, items[2].kind)

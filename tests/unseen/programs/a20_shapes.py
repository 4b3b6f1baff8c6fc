class Shape:
    def __init__(self, name):
        self.name = name

    def area(self):
        return 0

    def describe(self):
        return f"{self.name} with area {self.area():.1f}"


class Rectangle(Shape):
    def __init__(self, w, h):
        super().__init__("Rectangle")
        self.w = w
        self.h = h

    def area(self):
        return self.w * self.h


class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)
        self.name = "Square"


shapes = [Shape("Blob"), Rectangle(2, 3.5), Square(4)]
for s in shapes:
    print(s.describe())
biggest = max(shapes, key=lambda s: s.area())
print("Biggest:", biggest.name)
print(isinstance(shapes[2], Rectangle), isinstance(shapes[1], Square))

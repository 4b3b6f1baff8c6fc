# tags: classes inheritance floats
class Shape:
    def __init__(self, color):
        self.color = color

    def area(self):
        return 0

    def describe(self):
        return self.color + " shape with area " + str(self.area())


class Rectangle(Shape):
    def __init__(self, color, w, h):
        super().__init__(color)
        self.w = w
        self.h = h

    def area(self):
        return self.w * self.h


class Square(Rectangle):
    def __init__(self, color, side):
        super().__init__(color, side, side)


s = Square("red", 2.5)
print(s.describe())
print(isinstance(s, Shape))

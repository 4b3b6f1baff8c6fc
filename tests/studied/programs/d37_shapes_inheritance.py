# Exercise 37: inheritance

class Shape:
    def __init__(self, name):
        self.name = name

    def area(self):
        return 0

    def __str__(self):
        return f"{self.name} with area {self.area():.1f}"


class Rectangle(Shape):
    def __init__(self, width, height):
        super().__init__("rectangle")
        self.width = width
        self.height = height

    def area(self):
        return self.width * self.height


class Square(Rectangle):
    def __init__(self, side):
        super().__init__(side, side)
        self.name = "square"


shapes = [Rectangle(3, 4.5), Square(5), Shape("blob")]
for s in shapes:
    print(s)

biggest = max(shapes, key=lambda s: s.area())
print("Biggest:", biggest.name)
print(isinstance(shapes[1], Rectangle))

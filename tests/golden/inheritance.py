class Shape:
    def __init__(self, name):
        self.name = name

    def describe(self):
        return f"{self.name}: {self.area()}"

    def area(self):
        return 0

class Square(Shape):
    def __init__(self, side):
        super().__init__("square")
        self.side = side

    def area(self):
        return self.side ** 2

for shape in [Shape("blob"), Square(3)]:
    print(shape.describe())

class Circle:
    made = 0

    def __init__(self, r):
        self.r = r
        Circle.made += 1

    @property
    def size(self):
        return self.r * 2

    @size.setter
    def size(self, value):
        self.r = value / 2

    @staticmethod
    def unit():
        return Circle(1)

    @classmethod
    def of(cls, size):
        return cls(size // 2)

c = Circle.unit()
c.size = 10
print(c.size, Circle.of(6).r, Circle.made)

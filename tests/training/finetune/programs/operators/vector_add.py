class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)


v = Vector(1, 2) + Vector(3, 4)
print(v.x, v.y)

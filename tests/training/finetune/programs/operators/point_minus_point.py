class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __sub__(self, other):
        return Point(self.x - other.x, self.y - other.y)


way = Point(7, 5) - Point(2, 1)
print(way.x)
print(way.y)

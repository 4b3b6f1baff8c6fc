# tags: classes methods ints
class Fraction:
    def __init__(self, top, bottom):
        self.top = top
        self.bottom = bottom

    def __eq__(self, other):
        return self.top * other.bottom == other.top * self.bottom

    def __repr__(self):
        return str(self.top) + "/" + str(self.bottom)

half = Fraction(1, 2)
print(half == Fraction(2, 4))
print(half == Fraction(2, 3))
print([half, Fraction(3, 4)])

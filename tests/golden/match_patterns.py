class Circle:
    __match_args__ = ("r",)

    def __init__(self, r):
        self.r = r

class Unit:
    ONE = 1

def area(shape):
    match shape:
        case Circle(0):
            return "dot"
        case Circle(r=radius) if radius > 5:
            return "big"
        case Circle(r):
            return 3 * r * r
        case {"w": w, "h": h, **rest} if not rest:
            return w * h
        case ("line", (int() | float()) as length, *_):
            return -length
        case Unit.ONE | -1 | "one":
            return 1
        case None | True:
            return "single"
        case str(text):
            return text

for s in [Circle(0), Circle(9), Circle(2), {"w": 2, "h": 3}, ("line", 4, 0), 1, None, "x", 2.5]:
    print(area(s))

from typing import NamedTuple

class Point(NamedTuple):
    x: int
    y: int = 0

    def flipped(self):
        return self._replace(x=self.y, y=self.x)

p = Point(3)
q = p.flipped()
x, y = q
print(p, q.x, p + q)

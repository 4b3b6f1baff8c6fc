import math as m
from math import sqrt, pi as PI
import os.path
try:
    import no_such_module
except ModuleNotFoundError as e:
    print(e.name)
def area(r):
    from math import floor
    return floor(PI * r ** 2)
print(area(2), m.gcd(12, 18), sqrt(16.0), os.path.join("a", "b"))
print(m.nothing_here)

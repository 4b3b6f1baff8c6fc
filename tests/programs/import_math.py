# tags: floats functions
import math

def distance(p, q):
    return math.sqrt((p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2)

print(distance((0, 0), (3, 4)))
print(math.floor(2.7), math.ceil(2.1), math.pi > 3)

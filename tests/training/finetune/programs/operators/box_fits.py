class Box:
    def __init__(self, size):
        self.size = size

    def __lt__(self, other):
        return self.size < other.size

    def __str__(self):
        return "box " + str(self.size)


small = Box(2)
big = Box(5)
print(small)
print(small < big)
print(big < small)

class Water:
    def __init__(self, level):
        self.level = level

    def __sub__(self, other):
        return self.level - other.level


gap = Water(8) - Water(5)
print("gap", gap)

class Score:
    def __init__(self, name, n):
        self.name = name
        self.n = n

    def __add__(self, other):
        return Score(self.name + other.name, self.n + other.n)


pair = Score("A", 3) + Score("B", 5)
print(pair.name, pair.n)

class Card:
    def __init__(self, rank):
        self.rank = rank

    def __gt__(self, other):
        return self.rank > other.rank


mine = Card(7)
yours = Card(9)
print(mine > yours)
print(yours > mine)

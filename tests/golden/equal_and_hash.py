class Card:
    def __init__(self, suit, rank):
        self.suit, self.rank = suit, rank

    def __eq__(self, other):
        if not isinstance(other, Card):
            return NotImplemented
        return self.rank == other.rank

    def __hash__(self):
        return hash(self.rank)

ace, other = Card("S", 1), Card("H", 1)
print(ace == other, ace != other, ace == 1)
print(other in [ace])
found = {ace: "first"}
found[other] = "second"
print(len(found), ace is other)

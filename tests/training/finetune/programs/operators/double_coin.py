class Coin:
    def __init__(self, cents):
        self.cents = cents

    def __mul__(self, times):
        return Coin(self.cents * times)


pile = Coin(5) * 3
print(pile.cents)

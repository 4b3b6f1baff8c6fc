class Purse:
    def __init__(self, coins):
        self.coins = coins

    def __iadd__(self, coins):
        self.coins += coins
        return self


purse = Purse(4)
purse += 3
print(purse.coins)

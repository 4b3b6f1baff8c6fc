# A vending machine as a small state machine
class Vending:
    PRICES = {"water": 100, "cola": 180, "chips": 150}

    def __init__(self):
        self.credit = 0
        self.stock = {"water": 1, "cola": 2, "chips": 0}

    def insert(self, *coins):
        for c in coins:
            if c not in (10, 20, 50, 100, 200):
                print("coin rejected:", c)
            else:
                self.credit += c
        return self

    def buy(self, item):
        price = self.PRICES.get(item)
        if price is None:
            return "unknown product"
        if not self.stock[item]:
            return f"{item} is sold out"
        if self.credit < price:
            return f"please insert {price - self.credit} more"
        self.stock[item] -= 1
        self.credit -= price
        return f"enjoy your {item}"


m = Vending()
m.insert(100, 5, 50)
for wish in ["cola", "chips", "water", "water", "tea"]:
    print(wish, "=>", m.buy(wish), f"[{m.credit}]")
m.insert(100).insert(50)
print(m.buy("cola"), m.credit, m.stock)

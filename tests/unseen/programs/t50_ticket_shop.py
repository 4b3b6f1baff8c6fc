class SoldOutError(Exception):
    pass


class Concert:
    fee = 2

    def __init__(self, band, seats, price):
        self.band = band
        self.seats = seats
        self.price = price
        self.fans = []

    def buy(self, fan, n=1):
        if n > self.seats:
            raise SoldOutError(f"only {self.seats} left for {self.band}")
        self.seats -= n
        self.fans.extend([fan] * n)
        return n * (self.price + self.fee)

    def __str__(self):
        return f"{self.band}: {self.seats} free, {len(self.fans)} sold"


rock = Concert("The Routers", 4, 25)
jazz = Concert("Blue Bits", 2, 18)
orders = [("Tim", rock, 2), ("Eva", jazz, 1), ("Tim", jazz, 2), ("Zoe", rock, 1)]

spent = {}
for fan, show, n in orders:
    try:
        cost = show.buy(fan, n)
    except SoldOutError as e:
        print(f"{fan}: sorry, {e}")
    else:
        spent[fan] = spent.get(fan, 0) + cost
        print(fan, "pays", cost)

print(rock, jazz, sep="\n")
print(spent, "sum", sum(spent.values()))

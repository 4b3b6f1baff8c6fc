class Pizza:
    base = 6

    def __init__(self, toppings=None):
        if toppings is None:
            toppings = []
        self.toppings = toppings

    def add(self, t):
        self.toppings.append(t)
        return self

    def price(self):
        return self.base + 0.75 * len(self.toppings)

    def __str__(self):
        if not self.toppings:
            return "plain pizza"
        return "pizza with " + " & ".join(self.toppings)


class Calzone(Pizza):
    base = 7

    def price(self):
        return super().price() + 1

    def __str__(self):
        return "folded " + super().__str__()


orders = [Pizza(), Pizza(["ham"]), Calzone()]
orders[0].add("olives").add("corn")
orders[2].add("spinach")
for o in orders:
    print(o, "=", o.price())
total = sum(o.price() for o in orders)
print(f"Total {total:>8.2f}")
print(isinstance(orders[2], Pizza), type(orders[0]).__name__)

class Money:
    def __init__(self, cents):
        self.cents = cents

    def __str__(self):
        return f"{self.cents / 100:.2f}"

    def __repr__(self):
        return f"Money({self.cents})"

    def __format__(self, spec):
        return str(self) + spec

m = Money(250)
print(m)
print([m], f"{m:EUR}", f"{m!r}")
text = "cost " + str(m)

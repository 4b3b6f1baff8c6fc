class Ledger:
    def __init__(self):
        self.lines = []

    def add(self, what, amount):
        self.lines.append(f"{what:<8}{amount:>6}")

    def show(self):
        for line in self.lines:
            print(line)


book = Ledger()
book.add("rent", -650)
book.add("salary", 1800)
book.show()

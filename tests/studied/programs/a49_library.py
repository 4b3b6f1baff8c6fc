# Model solution, week 11: a small library with loans
class Item:
    count = 0

    def __init__(self, title, days=14):
        self.title = title
        self.days = days
        self.borrower = None
        Item.count += 1

    def fee(self, late):
        return 0.5 * late

    def __str__(self):
        state = "available" if self.borrower is None else f"lent to {self.borrower}"
        return f"'{self.title}' ({state})"


class Dvd(Item):
    def __init__(self, title):
        super().__init__(title, days=3)

    def fee(self, late):
        return 1 + 2 * super().fee(late)


shelf = [Item("Emma"), Dvd("Metropolis"), Item("Faust", 21)]
shelf[1].borrower = "Jonas"
shelf[2].borrower = "Aylin"

for item in shelf:
    print(item)

kept = 20
for item in shelf:
    if item.borrower is None:
        continue
    late = max(0, kept - item.days)
    fee = item.fee(late) if late else 0
    print(f"{item.borrower} kept it {kept} of {item.days} days: {fee:.2f}")
    item.borrower = None
print(Item.count, all(i.borrower is None for i in shelf))

class Item:
    def __init__(self, name, count):
        self.name = name
        self.count = count

    def sell(self, n):
        self.count -= n


item = Item("lamp", 12)
item.sell(5)
print(f"{item.name:<8}{item.count:>3}")

class Menu:
    def __init__(self, dishes):
        self._dishes = dishes

    def __iter__(self):
        for name, price in self._dishes.items():
            if price < 10:
                yield name

    def __reversed__(self):
        yield from list(self._dishes)[::-1]

menu = Menu({"soup": 4, "steak": 20})
for dish in menu:
    print(dish)
print(list(reversed(menu)), "soup" in menu)

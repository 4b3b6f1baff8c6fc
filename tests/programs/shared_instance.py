# tags: classes aliasing
class Cup:
    def __init__(self):
        self.drink = "water"

mine = Cup()
yours = mine
yours.drink = "juice"
print(mine.drink)
yours = Cup()
print(mine.drink, yours.drink)
print(mine is yours)

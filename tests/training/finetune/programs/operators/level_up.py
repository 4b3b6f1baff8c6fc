class Level:
    def __init__(self, number):
        self.number = number

    def __add__(self, steps):
        return Level(self.number + steps)

    def __str__(self):
        return "level " + str(self.number)


level = Level(2)
print(level + 1)

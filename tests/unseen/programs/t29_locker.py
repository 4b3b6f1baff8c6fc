class Locker:
    def __init__(self, number):
        self.number = number
        self.things = []

    def put(self, thing):
        self.things.append(thing)

    def take(self):
        if self.things:
            return self.things.pop()
        return None

mine = Locker(117)
mine.put("jacket")
mine.put("trainers")
print(mine.take())
print(mine.take())
print(mine.take())

class Animal:
    legs = 4

    def __init__(self, name, weight):
        self.name = name
        self.weight = weight

    def eat(self, amount):
        self.weight = self.weight + amount
        return self

    def sound(self):
        return "..."

    def __str__(self):
        return f"{self.name} ({self.weight} g, {self.legs} legs) says {self.sound()}"

class Mouse(Animal):
    def sound(self):
        return "squeak"

class Bird(Animal):
    legs = 2
    def __init__(self, name, weight, can_fly=True):
        super().__init__(name, weight)
        self.can_fly = can_fly
    def sound(self):
        if self.can_fly:
            return "tweet"
        return "honk"

zoo = [Mouse("Mia", 22), Bird("Pip", 18), Bird("Pingu", 900, can_fly=False), Animal("thing", 1)]
for a in zoo:
    a.eat(2)
    print(a)

zoo[0].eat(5).eat(5)
print(zoo[0].weight)
print(isinstance(zoo[1], Animal), isinstance(zoo[0], Bird))
print(sum(a.legs for a in zoo))

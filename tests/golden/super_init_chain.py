class Animal:
    count = 0

    def __init__(self, name):
        self.name = name
        type(self).count += 1

    def speak(self):
        raise NotImplementedError(f"{self.name} is silent")

class Dog(Animal):
    def __init__(self, name, tricks=None):
        super().__init__(name)
        self.tricks = tricks or []

    def speak(self):
        return "Woof"

pets = [Dog("Rex"), Animal("It")]
for pet in pets:
    print(pet.speak(), Dog.count, Animal.count)

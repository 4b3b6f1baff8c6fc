class Pet:
    def __init__(self, name, sound="..."):
        self.name = name
        self.sound = sound
        self.hunger = 5

    def speak(self):
        return f"{self.name} says {self.sound}"

    def feed(self, amount=1):
        self.hunger = max(0, self.hunger - amount)

    def __str__(self):
        return f"{self.name} (hunger {self.hunger})"


class Dog(Pet):
    def __init__(self, name):
        super().__init__(name, "Woof")

    def feed(self, amount=1):
        super().feed(amount * 2)
        print(self.name, "wags its tail")


class Fish(Pet):
    pass


zoo = [Dog("Rex"), Fish("Nemo"), Pet("Kitty", "Meow")]
for pet in zoo:
    print(pet.speak())
    pet.feed(3)
for pet in zoo:
    print(pet)
hungry = [p.name for p in zoo if p.hunger > 0]
print("Still hungry:", ", ".join(hungry))

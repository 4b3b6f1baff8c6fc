# tags: classes inheritance methods
class Animal:
    def __init__(self, name):
        self.name = name

    def speak(self):
        return "..."

class Dog(Animal):
    def speak(self):
        return "Woof"

class Cat(Animal):
    def speak(self):
        return "Meow"

animals = [Dog("Rex"), Cat("Tom"), Animal("Thing")]
for a in animals:
    print(a.name, "says", a.speak())

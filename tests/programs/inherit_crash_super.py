# tags: classes inheritance crash
class Vehicle:
    def __init__(self, wheels):
        self.wheels = wheels

class Bike(Vehicle):
    def __init__(self, brand):
        # forgot super().__init__(2)
        self.brand = brand

b = Bike("Gazelle")
print(b.brand)
print(b.wheels)

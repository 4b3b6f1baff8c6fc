class Tamagotchi:
    anzahl = 0
    futter = []

    def __init__(self, name):
        self.name = name
        self.hunger = 5
        Tamagotchi.anzahl += 1

    def fuettern(self, was):
        self.futter.append(was)
        self.hunger = max(0, self.hunger - 3)

    def tick(self):
        self.hunger += 1
        return self.hunger > 6

a = Tamagotchi("Pixel")
b = Tamagotchi("Bit")
a.fuettern("Apfel")
b.fuettern("Keks")
b.fuettern("Brot")
for stunde in range(6):
    if a.tick():
        print("hour", stunde, a.name, "is starving")
    if stunde % 2 == 1:
        b.tick()
print(a.hunger, b.hunger)
print(a.futter)
print("pets:", Tamagotchi.anzahl)

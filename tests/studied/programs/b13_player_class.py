class Player:
    def __init__(self, name, hp=20):
        self.name = name
        self.hp = hp
        self.potions = 1

    def hit(self, dmg):
        self.hp -= dmg
        if self.hp < 0:
            self.hp = 0
        if self.hp < 6 and self.potions > 0:
            self.potions -= 1
            self.hp += 8
            print(self.name, "drinks a potion!")

    def alive(self):
        return self.hp > 0

    def __str__(self):
        return f"{self.name}[{self.hp}]"


hero = Player("Zed")
orc = Player("Orc", hp=15)
round_nr = 1
while hero.alive() and orc.alive():
    orc.hit(7)
    if orc.alive():
        hero.hit(5 + round_nr)
    print(f"{round_nr}: {hero} vs {orc}")
    round_nr += 1
print("Winner:", hero if hero.alive() else orc)

# tags: classes methods while
class Player:
    def __init__(self, name, hp, attack):
        self.name = name
        self.hp = hp
        self.attack = attack

    def hit(self, other):
        other.hp -= self.attack
        if other.hp < 0:
            other.hp = 0
        print(self.name, "hits", other.name, "->", other.hp)

    def alive(self):
        return self.hp > 0

hero = Player("Hero", 20, 7)
orc = Player("Orc", 15, 6)
while hero.alive() and orc.alive():
    hero.hit(orc)
    if orc.alive():
        orc.hit(hero)
print("winner:", hero.name if hero.alive() else orc.name)

class Player:
    def __init__(self, energy):
        self.energy = energy

    def __sub__(self, hit):
        left = self.energy - hit
        if left < 0:
            left = 0
        return Player(left)


p = Player(6)
p = p - 4
print(p.energy)
p = p - 5
print(p.energy)

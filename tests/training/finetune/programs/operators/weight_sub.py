class Weight:
    def __init__(self, kilos):
        self.kilos = kilos

    def __sub__(self, other):
        return Weight(self.kilos - other.kilos)


full = Weight(9)
box = Weight(2)
rest = full - box
print("rest", rest.kilos)

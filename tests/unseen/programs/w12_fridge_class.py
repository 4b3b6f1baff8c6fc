class Fridge:
    """The -20 freezer in the lab (I say fridge)"""

    def __init__(self, temp=-20):
        self.temp = temp
        self.tubes = []

    def put(self, tube):
        if len(self.tubes) >= 3:
            print("full! cannot put", tube)
            return False
        self.tubes.append(tube)
        return True

    def take(self, tube):
        if tube in self.tubes:
            self.tubes.remove(tube)
            return tube
        return None

    def __str__(self):
        return f"Fridge({self.temp}C, {self.tubes})"


f = Fridge()
for t in ["dna1", "dna2", "primerF", "primerR"]:
    ok = f.put(t)
    print(t, ok)
print(f)

got = f.take("dna2")
print("took", got)
print("took", f.take("water"))
f.temp += 3
print(f)

class Zoo:
    def __init__(self, animals):
        self.animals = animals

    def __contains__(self, animal):
        for known in self.animals:
            if known == animal:
                return True
        return False


zoo = Zoo(["lion", "bear"])
print("bear" in zoo)

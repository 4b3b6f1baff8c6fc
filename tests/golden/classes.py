class Dog:
    """A dog."""

    kind = "canine"

    def __init__(self, name):
        self.name = name
        self.tricks = []

    def learn(self, trick):
        """Learn it."""
        self.tricks.append(trick)
        return self

class Empty: pass

rex = Dog("Rex")
rex.learn("sit").learn("roll")
rex.age = 3
print(rex.tricks, Dog.kind)

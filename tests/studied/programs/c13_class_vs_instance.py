class Dog:
    tricks = []
    legs = 4

    def __init__(self, name):
        self.name = name

    def learn(self, trick):
        self.tricks.append(trick)

rex = Dog("Rex")
bo = Dog("Bo")
rex.learn("sit")
bo.learn("roll")
bo.legs = 3
print(rex.tricks)
print(rex.legs, bo.legs, Dog.legs)
Dog.legs = 5
print(rex.legs, bo.legs)

class Runner:
    def __init__(self, name, time):
        self.name = name
        self.time = time

    def __lt__(self, other):
        return self.time < other.time


a = Runner("Ana", 62)
b = Runner("Ben", 58)
if a < b:
    print(a.name)
else:
    print(b.name)

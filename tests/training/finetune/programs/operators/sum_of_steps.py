class Steps:
    def __init__(self, n):
        self.n = n

    def __add__(self, other):
        return Steps(self.n + other.n)


day = Steps(0)
for walk in [Steps(3), Steps(5)]:
    day = day + walk
print(day.n)

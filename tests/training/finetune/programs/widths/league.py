class Team:
    def __init__(self, name, points):
        self.name = name
        self.points = points

    def line(self):
        return f"{self.name:<10}{self.points:>3}"


a = Team("Lions", 12)
b = Team("Rovers", 9)
print(a.line())
print(b.line())

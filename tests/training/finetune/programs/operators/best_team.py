class Team:
    def __init__(self, name, goals):
        self.name = name
        self.goals = goals

    def __gt__(self, other):
        return self.goals > other.goals


best = Team("Lions", 1)
for team in [Team("Rovers", 3), Team("Stars", 2)]:
    if team > best:
        best = team
print(best.name)

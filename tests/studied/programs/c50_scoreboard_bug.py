class Player:
    def __init__(self, name, scores=None):
        self.name = name
        self.scores = scores or []

    def add(self, *points):
        for p in points:
            self.scores.append(p)

    def best(self):
        return max(self.scores)

    def __str__(self):
        return f"{self.name.title():<6}{self.best():>4}"


shared = [10]
empty = []
team = [Player("ana", shared), Player("ben", shared), Player("cy", empty), Player("di")]
team[0].add(25, 5)
team[1].add(40)
team[2].add(7)
print(shared, empty)

count = 0
for p in team:
    print(p)
    count += 1
print(count, "players")

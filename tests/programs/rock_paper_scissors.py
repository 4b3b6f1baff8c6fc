# tags: strings tuples functions
def winner(p1, p2):
    beats = {"rock": "scissors", "scissors": "paper", "paper": "rock"}
    if p1 == p2:
        return "tie"
    if beats[p1] == p2:
        return "player 1"
    return "player 2"

games = [("rock", "paper"), ("paper", "paper"), ("scissors", "paper")]
for a, b in games:
    print(a, "vs", b, "->", winner(a, b))

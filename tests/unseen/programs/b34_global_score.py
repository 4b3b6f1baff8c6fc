score = 0
level = 1

def collect(points):
    global score
    score = score + points
    if score >= 100:
        levelUp()

def levelUp():
    level = 2      # why does this not work?
    print("LEVEL UP to", level)

collect(40)
collect(35)
print("score", score)
collect(30)
print("score", score, "level", level)

# tags: global-nonlocal functions ints
score = 10

def win(points):
    global score
    score += points

def reset():
    score = 0      # only a local one!
    return score

win(5)
win(2)
reset()
print(score)

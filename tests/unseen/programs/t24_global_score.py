score = 0
lives = 3

def hit_coin():
    global score
    score += 10

def hit_spike():
    lives = 2      # oops: only a local variable!
    return lives

hit_coin()
hit_coin()
inside = hit_spike()
print("score", score)
print("inside", inside, "outside", lives)

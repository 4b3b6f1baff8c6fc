# Exercise 36: the global keyword
score = 0
lives = 3

def hit(points):
    global score
    score += points

def lose_life():
    lives = 2        # this is a NEW local variable!
    print("inside:", lives)

hit(10)
hit(25)
lose_life()
print("score:", score)
print("outside:", lives)

level = 1
score = 10

def play():
    global score
    level = 5
    score = score + level
    print("inside:", level, score)

def show():
    print("show:", level, score)

show()
play()
show()
level += 1
play()
print(level, score)

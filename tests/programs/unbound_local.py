# tags: global-nonlocal crash functions
score = 10

def win():
    # forgot "global score"
    score = score + 5
    print("new score", score)

print("old score", score)
win()

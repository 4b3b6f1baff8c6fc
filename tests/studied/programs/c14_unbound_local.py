# What is the output? (Careful!)
count = 10

def show():
    print("count is", count)

def bump():
    print("bumping")
    count = count + 1
    return count

show()
bump()
show()

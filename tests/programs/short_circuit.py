# tags: bools functions
def yes(label):
    print("asked", label)
    return True

def no(label):
    print("asked", label)
    return False

print(no("a") and yes("b"))
print(yes("c") or no("d"))
print(not no("e"))

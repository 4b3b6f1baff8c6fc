# Why does this crash although steps has a value?
steps = 4200

def walk(more):
    print("Walking", more, "steps")
    steps = steps + more
    return steps

print("Before:", steps)
walk(800)
print("After:", steps)

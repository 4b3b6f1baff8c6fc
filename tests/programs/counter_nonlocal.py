# tags: closures global-nonlocal
def counter():
    count = 0
    def step():
        nonlocal count
        count = count + 1
        return count
    return step

c1 = counter()
c2 = counter()
print(c1(), c1(), c1())
print(c2())

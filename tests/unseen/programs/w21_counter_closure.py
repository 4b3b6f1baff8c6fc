def make_clicker(name):
    # like the hand counter we use for birds
    n = 0
    def click(step=1):
        nonlocal n
        n += step
        print(name, n)
        return n
    return click

gulls = make_clicker("gulls")
ducks = make_clicker("ducks")
gulls()
gulls()
ducks(step=5)
total = gulls(3) + ducks()
print("total", total)

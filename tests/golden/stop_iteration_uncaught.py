things = iter("a")
print(next(things))
print(next(things, None))
def shift(it):
    return next(it)
shift(things)

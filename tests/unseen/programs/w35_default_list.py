# strange thing: default list is remembered
def add_bird(bird, birds=[]):
    birds.append(bird)
    return birds

one = add_bird("robin")
two = add_bird("wren")
print(one)
print(two)
print(one is two)

# better way
def add_bird2(bird, birds=None):
    if birds is None:
        birds = []
    birds.append(bird)
    return birds

print(add_bird2("robin"))
print(add_bird2("wren"))
print(add_bird2("owl", birds=two), len(one))

# tags: exceptions functions
def level3(d):
    return d["missing"]

def level2(d):
    value = level3(d)
    return value + 1

def level1():
    try:
        return level2({"here": 1})
    except KeyError:
        return -1

print(level1())

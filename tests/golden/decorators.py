def loud(f):
    def wrapper(*args):
        print("calling", f.__name__)
        return f(*args)

    return wrapper

def named(name):
    return lambda f: f

@loud
@named(
    "x"
)
def add(a, b):
    return a + b

@named("y")
class Box:
    side = 1

print(add(1, 2))

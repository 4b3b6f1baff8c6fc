# tags: closures functions printing
def shout(func):
    def wrapper(*args):
        print("calling", func.__name__)
        return func(*args).upper()
    return wrapper

@shout
def greet(name):
    return "hello " + name

print(greet("kim"))

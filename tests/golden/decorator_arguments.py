from functools import wraps

def repeat(times):
    def decorate(function):
        @wraps(function)
        def run(*args, **kwargs):
            result = None
            for _ in range(times):
                result = function(*args, **kwargs)
            return result
        return run
    return decorate

@repeat(2)
def greet(name, mark="!"):
    print("Hi " + name + mark)
    return len(name)

n = greet("Ann", mark="?")
print(greet.__name__, n)

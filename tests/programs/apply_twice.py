# tags: functions lambdas
def apply_twice(f, x):
    return f(f(x))

def add_three(n):
    return n + 3

print(apply_twice(add_three, 10))
print(apply_twice(lambda s: s + "!", "hi"))

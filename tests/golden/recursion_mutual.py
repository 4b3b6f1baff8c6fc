def even(n):
    return True if n == 0 else odd(n - 1)

def odd(n):
    return False if n == 0 else even(n - 1)

def flatten(x):
    if not isinstance(x, list):
        return [x]
    return [y for part in x for y in flatten(part)]

print(even(2), flatten([1, [2]]))

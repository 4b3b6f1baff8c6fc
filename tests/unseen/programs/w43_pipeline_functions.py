def double(x):
    return x * 2

def minus_one(x):
    return x - 1

def apply_all(value, *funcs):
    for f in funcs:
        value = f(value)
        print("   now", value)
    return value

print(apply_all(5, double, minus_one))
print(apply_all(5, minus_one, double))
print(apply_all("ab", double, len, lambda n: n / 8))
numbers = list(map(double, [1, -2, 3]))
print(numbers, list(filter(lambda n: n > 0, numbers)))

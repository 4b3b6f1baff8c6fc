def compose(*funcs):
    def run(x):
        for f in reversed(funcs):
            x = f(x)
        return x
    return run

def power(base, exp=2):
    return base ** exp

double = lambda n: n * 2
f = compose(double, power)
g = compose(power, double)
h = compose()
print(f(3), g(3), h(3))

ops = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "max": max}
for name in ops:
    print(name, ops[name](4, 9))

power = double
print(f(5), power(5))
print(list(map(compose(str, abs), [-1, 2, -3])))
print((lambda *a, **k: (len(a), sorted(k)))(1, 2, z=3, b=4))

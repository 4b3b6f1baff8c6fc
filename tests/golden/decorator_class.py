class Counted:
    def __init__(self, f):
        self.f = f
        self.calls = 0

    def __call__(self, x):
        self.calls += 1
        return self.f(x)

@Counted
def twice(x):
    return 2 * x

twice(3)
twice(twice(1))
print(twice.calls)

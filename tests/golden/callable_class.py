class Adder:
    def __init__(self, n):
        self.n = n

    def __call__(self, *numbers):
        return [n + self.n for n in numbers]

add5 = Adder(5)
print(add5(1, 2))
print(list(map(Adder(1), [10])))

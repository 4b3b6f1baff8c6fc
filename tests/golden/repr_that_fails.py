class Odd:
    def __init__(self):
        self.part = [1]

    def __repr__(self):
        self.part.append("asked")
        return 5

    def __eq__(self, other):
        raise RuntimeError("do not compare")

    def __getattribute__(self, name):
        return object.__getattribute__(self, name)

a = Odd()
b = [a]
c = {"k": b}
print(a)

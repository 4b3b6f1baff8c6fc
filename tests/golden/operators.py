class Vec:
    def __init__(self, x):
        self.x = x

    def __add__(self, other):
        return Vec(self.x + other.x)

    def __eq__(self, other):
        return self.x == other.x

    def __str__(self):
        return f"<{self.x}>"

    def __repr__(self):
        raise RuntimeError("never asked by the recorder")

    def __len__(self):
        return self.x

    def __getitem__(self, i):
        if i >= self.x:
            raise IndexError(i)
        return i

v = Vec(1) + Vec(1)
print(v, v == Vec(2), len(v))
print([i for i in v])

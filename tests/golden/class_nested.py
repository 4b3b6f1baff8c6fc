class Tree:
    class Leaf:
        def __init__(self, value):
            self.value = value

    def __init__(self, values):
        self.leaves = [self.Leaf(v) for v in values]

    @property
    def total(self):
        return sum(leaf.value for leaf in self.leaves)

def make():
    class Local(Tree):
        kind = "local"
    return Local

t = make()([1, 2])
print(t.total, t.kind, type(t).__qualname__)

class Height:
    def __init__(self, cm):
        self.cm = cm

    def __lt__(self, other):
        return self.cm < other.cm


def shorter(a, b):
    if a < b:
        return a
    return b


print(shorter(Height(170), Height(165)).cm)

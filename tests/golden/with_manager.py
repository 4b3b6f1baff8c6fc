class Door:
    def __init__(self, name, swallow=False):
        self.name = name
        self.swallow = swallow

    def __enter__(self):
        print("open", self.name)
        return self

    def __exit__(self, kind, error, tb):
        print("close", self.name)
        return self.swallow

def through():
    with Door("a") as d:
        return d.name

through()
with Door("b"), Door("c", True):
    x = 1 / 0
with Door("d"):
    raise ValueError("out")

class Recipe:
    def __init__(self, parts):
        self.parts = parts

    def __contains__(self, part):
        return part in self.parts


soup = Recipe(["salt", "water"])
if "milk" not in soup:
    print("no milk")

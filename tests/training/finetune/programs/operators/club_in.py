class Club:
    def __init__(self, members):
        self.members = members

    def __contains__(self, name):
        return name in self.members


club = Club(["Ana", "Ben"])
print("Ana" in club)
print("Zoe" in club)

class GuestList:
    def __init__(self, names):
        self.names = names

    def __contains__(self, name):
        return name in self.names


party = GuestList(["Mia", "Tom"])
for guest in ["Tom", "Eva"]:
    if guest in party:
        print(guest, "may enter")
    else:
        print(guest, "stays out")

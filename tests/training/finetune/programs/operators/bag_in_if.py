class Bag:
    def __init__(self):
        self.things = []

    def put(self, thing):
        self.things.append(thing)

    def __contains__(self, thing):
        return thing in self.things


bag = Bag()
bag.put("map")
if "map" in bag:
    print("found it")
if "key" in bag:
    print("open")

class Loud:
    def __getattr__(self, name):
        return "no " + name

    def __setattr__(self, name, value):
        print("set", name)
        object.__setattr__(self, name, value)

thing = Loud()
thing.x = 1
print(thing.x, thing.y)
print(getattr(thing, "z", "default"), hasattr(thing, "w"))

class Single:
    _only = None

    def __new__(cls):
        if cls._only is None:
            cls._only = super().__new__(cls)
        return cls._only

    def __init_subclass__(cls, tag="none"):
        cls.tag = tag

class Special(Single, tag="yes"):
    def __init__(self):
        self.ready = True

a = Special()
b = Special()
print(a is b, Special.tag)

class Temp:
    scale = 1.8

    @staticmethod
    def to_f(c):
        return c * Temp.scale + 32

    @classmethod
    def scaled(cls, by):
        cls.scale = by
        return cls

    def plain(self):
        return self

f = Temp.to_f
print(f(10), Temp().to_f(0))
print(Temp.scaled(2).to_f(10))
t = Temp()
get = t.plain
print(get() is t, Temp.plain(5))

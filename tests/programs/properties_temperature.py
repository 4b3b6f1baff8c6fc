# tags: classes methods floats
class Temperature:
    def __init__(self, celsius):
        self.celsius = celsius

    @property
    def fahrenheit(self):
        return self.celsius * 1.8 + 32

    @staticmethod
    def freezing():
        return Temperature(0)

t = Temperature(25)
print(t.fahrenheit)
print(Temperature.freezing().fahrenheit)

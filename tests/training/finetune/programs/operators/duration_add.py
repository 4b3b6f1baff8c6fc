class Duration:
    def __init__(self, minutes):
        self.minutes = minutes

    def __add__(self, other):
        return Duration(self.minutes + other.minutes)


first = Duration(20)
second = Duration(15)
both = first + second
longer = both + first
print(both.minutes, longer.minutes)

class Squad:
    def __init__(self, numbers):
        self.numbers = numbers

    def __contains__(self, number):
        return number in self.numbers


def check(squad, number):
    if number in squad:
        return "plays"
    return "does not play"


squad = Squad([4, 10])
print(check(squad, 10))
print(check(squad, 7))

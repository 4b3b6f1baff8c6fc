# Our own kind of number
class Money:
    def __init__(self, euros):
        self.euros = euros

    def __add__(self, other):
        return Money(self.euros + other.euros)


total = Money(3) + Money(4)
print(total.euros)

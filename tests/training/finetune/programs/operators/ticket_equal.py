class Ticket:
    def __init__(self, seat):
        self.seat = seat

    def __eq__(self, other):
        return self.seat == other.seat


a = Ticket(12)
b = Ticket(12)
c = Ticket(13)
print(a == b)
print(a == c)

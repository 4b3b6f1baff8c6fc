# tags: classes methods
class Ticket:
    next_number = 1

    def __init__(self, person):
        self.person = person
        self.number = Ticket.next_number
        Ticket.next_number += 1

t1 = Ticket("Ann")
t2 = Ticket("Bob")
t3 = Ticket("Cyd")
print(t1.number, t2.number, t3.number)
print(Ticket.next_number)

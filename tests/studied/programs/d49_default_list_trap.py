# Exercise 49: the default list trap + None error
def add_guest(name, guests=[]):
    guests.append(name)
    return guests


def add_guest_fixed(name, guests=None):
    if guests is None:
        guests = []
    guests.append(name)
    return guests


party1 = add_guest("Ola")
party2 = add_guest("Pim")
print(party1, party2)

party3 = add_guest_fixed("Ola")
party4 = add_guest_fixed("Pim")
print(party3, party4)

# sort() returns None - a very common mistake!
ordered = party1.sort()
print(ordered)
print(ordered[0])

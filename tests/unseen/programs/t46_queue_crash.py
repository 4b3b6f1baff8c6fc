# The ice-cream queue. It works... almost.
class Queue:
    def __init__(self):
        self.people = []

    def join(self, name):
        self.people.append(name)
        return len(self.people)

    def serve(self):
        return self.people.pop(0)


line = Queue()
for name in ["Ella", "Ruben", "Kim"]:
    position = line.join(name)
    print(f"{name} is number {position}")

scoops = [2, 1, 3, 2]
sold = 0
for s in scoops:
    customer = line.serve()
    sold += s
    print(customer, "gets", s, "scoops,", sold, "sold")

print("Total scoops:", sold)

class Stock:
    def __init__(self, count):
        self.count = count

    def __add__(self, other):
        print("adding", other.count)
        return Stock(self.count + other.count)


all_of_it = Stock(2) + Stock(6)
print(all_of_it.count)

class Price:
    def __init__(self, amount):
        self.amount = amount

    def __lt__(self, other):
        return self.amount < other.amount


tea = Price(3)
coffee = Price(4)
word = "dearer"
if tea < coffee:
    word = "cheaper"
print("tea is", word)

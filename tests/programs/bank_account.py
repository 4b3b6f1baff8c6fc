# tags: classes methods printing
class Account:
    """A very simple bank account."""

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            print("Insufficient funds")
        else:
            self.balance -= amount


acc = Account("Lena")
acc.deposit(50)
acc.withdraw(20)
acc.withdraw(100)
print(acc.owner, "has", acc.balance)

class InsufficientFunds(Exception):
    pass


class Account:
    rate = 0.05

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(f"{self.owner} lacks {amount - self.balance}")
        self.balance -= amount
        self.history.append(-amount)

    def transfer(self, other, amount):
        try:
            self.withdraw(amount)
        except InsufficientFunds as e:
            print("refused:", e)
            return False
        else:
            other.balance += amount
            other.history.append(amount)
            return True
        finally:
            self.history.append("T")

    def interest(self):
        return self.balance * self.rate


ann = Account("Ann", 100)
bob = Account("Bob")
print(ann.transfer(bob, 30))
print(bob.transfer(ann, 45))
ann.rate = 0.1
print(f"{ann.interest():.2f} {bob.interest():.2f}")
print(ann.history, bob.history)

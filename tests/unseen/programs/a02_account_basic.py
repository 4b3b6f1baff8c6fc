class BankAccount:
    """A very simple bank account (lecture 9)."""

    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            print("Insufficient funds")
            return False
        self.balance -= amount
        return True

    def __str__(self):
        return f"{self.owner}: {self.balance:.2f} EUR"


acc = BankAccount("Helena", 50)
acc.deposit(25.5)
print(acc)
print(acc.withdraw(100))
print(acc.withdraw(70))
print(acc)

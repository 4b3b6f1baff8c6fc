# Exercise 46: bank accounts, part 2 (subclasses)

class BankAccount:
    bank_name = "Piggy Bank"

    def __init__(self, owner, balance=0.0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        self.balance += amount
        self.history.append(("in", amount))

    def withdraw(self, amount):
        if amount > self.balance:
            self.history.append(("refused", amount))
            return False
        self.balance -= amount
        self.history.append(("out", amount))
        return True


class SavingsAccount(BankAccount):
    def __init__(self, owner, balance=0.0, rate=0.02):
        super().__init__(owner, balance)
        self.rate = rate

    def add_interest(self):
        self.deposit(self.balance * self.rate)


def transfer(source, target, amount):
    if source.withdraw(amount):
        target.deposit(amount)


current = BankAccount("Tom", 80)
savings = SavingsAccount("Tom", 200, rate=0.05)
transfer(current, savings, 50)
transfer(current, savings, 50)
savings.add_interest()

for acc in (current, savings):
    print(f"{acc.owner:>5}: {acc.balance:>8.2f}", acc.history)
print(BankAccount.bank_name, savings.bank_name)

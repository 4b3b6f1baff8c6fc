# Exercise 31: bank account with your own exception

class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("deposit must be positive")
        self.balance += amount

    def withdraw(self, amount):
        if amount > self.balance:
            raise InsufficientFunds(f"only {self.balance} left")
        self.balance -= amount


acc = Account("Lena", 100)
acc.deposit(50)

try:
    acc.withdraw(120)
    acc.withdraw(40)
except InsufficientFunds as e:
    print("Sorry:", e)
finally:
    print("Balance:", acc.balance)

try:
    acc.deposit(-5)
except ValueError as err:
    print("Error:", err)
else:
    print("Deposited")

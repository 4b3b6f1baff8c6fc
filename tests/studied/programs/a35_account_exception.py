class InsufficientFunds(Exception):
    pass


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.history = []

    def withdraw(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        if amount > self.balance:
            raise InsufficientFunds(f"missing {amount - self.balance}")
        self.balance -= amount
        self.history.append(-amount)


def transfer(acc, amounts):
    for a in amounts:
        try:
            acc.withdraw(a)
        except InsufficientFunds as problem:
            print("Refused:", problem)
        except ValueError as problem:
            print("Error:", problem)
        else:
            print("OK, new balance", acc.balance)
        finally:
            print("--")


my_account = Account(120)
transfer(my_account, [50, 0, 90, 70])
print(my_account.history, sum(my_account.history))

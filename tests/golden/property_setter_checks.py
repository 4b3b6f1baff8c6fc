class Account:
    def __init__(self, balance):
        self.balance = balance

    @property
    def balance(self):
        return self._balance

    @balance.setter
    def balance(self, amount):
        if amount < 0:
            raise ValueError("overdrawn")
        self._balance = amount

    @balance.deleter
    def balance(self):
        print("closing")
        del self._balance

acc = Account(10)
acc.balance -= 4
del acc.balance
acc.balance = 1
acc.balance -= 5

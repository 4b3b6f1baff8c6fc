class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance
        self.history = []

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount
        self.history.append(amount)

    def withdraw(self, amount):
        if amount > self.balance:
            raise ValueError("not enough")
        self.balance -= amount
        self.history.append(-amount)


def transfer(source, target, amount):
    try:
        source.withdraw(amount)
    except ValueError as error:
        return str(error)
    target.deposit(amount)
    return "ok"


ann = Account("Ann", 100)
bob = Account("Bob", 50)
results = {}
for i in range(1, 120):
    if i % 3 == 0:
        answer = transfer(ann, bob, i)
    else:
        answer = transfer(bob, ann, i // 2 + 1)
    results[answer] = results.get(answer, 0) + 1
print(ann.balance, bob.balance, results)

def bank(balance):
    while True:
        amount = yield balance
        if amount is None:
            break
        balance += amount
    return "closed"

account = bank(10)
print(account.send(None))
print(account.send(5))
print(account.send(-3))
try:
    account.send(None)
except StopIteration as end:
    print(end.value)

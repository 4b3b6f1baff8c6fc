# tags: exceptions classes crash
class NotEnoughMoney(Exception):
    pass

def withdraw(balance, amount):
    if amount > balance:
        raise NotEnoughMoney(f"need {amount - balance} more")
    return balance - amount

money = 100
money = withdraw(money, 30)
print("left:", money)
money = withdraw(money, 80)
print("left:", money)

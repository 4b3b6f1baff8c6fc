def make_account(balance):
    def deposit(x):
        nonlocal balance
        balance += x
        return balance

    def show():
        return f"balance {balance}"

    return deposit, show

put, show = make_account(1)
put2, show2 = make_account(100)
put(4)
put2(1)
print(show(), show2())

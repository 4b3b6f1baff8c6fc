def withdraw(balance, amount):
    try:
        if amount > balance:
            raise ValueError("not enough money")
        balance -= amount
        print("Here you go:", amount)
    except ValueError as e:
        print("Sorry,", e)
    finally:
        print("Please take your card")
    return balance

money = 100
for wish in (60, 70, 40):
    money = withdraw(money, wish)
print("Left:", money)

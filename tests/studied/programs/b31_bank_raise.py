class NotEnoughCoins(Exception):
    pass

wallet = {"Tom": 50, "Lea": 5}

def pay(sender, to, coins):
    if sender not in wallet:
        raise KeyError(sender)
    if wallet[sender] < coins:
        raise NotEnoughCoins(f"{sender} has only {wallet[sender]}")
    wallet[sender] -= coins
    wallet[to] = wallet.get(to, 0) + coins

jobs = [("Tom", "Lea", 20), ("Lea", "Kim", 30), ("Bob", "Tom", 1), ("Tom", "Kim", 30)]
for s, t, c in jobs:
    try:
        pay(s, t, c)
        print("ok:", s, "->", t, c)
    except NotEnoughCoins as err:
        print("failed:", err)
    except KeyError:
        print("who is", s + "?")
    finally:
        print("-" * 5, sum(wallet.values()))
print(wallet)

# Objects without classes: two functions share one variable
def piggy_bank(owner):
    coins = []
    broken = False

    def put(*values):
        nonlocal broken
        if broken:
            return f"{owner}, the pig is broken!"
        for v in values:
            coins.append(v)
        if sum(coins) > 100:
            broken = True
        return len(coins)

    def total():
        return sum(coins) if broken else None

    return put, total


put, total = piggy_bank("Mia")
put2, total2 = piggy_bank("Leo")
print(put(20, 50))
print(total())
print(put2(5), put(50))
print(put(1))
print(total(), total2())

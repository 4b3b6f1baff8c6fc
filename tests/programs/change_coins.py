# tags: ints lists while
amount = 87
coins = [50, 20, 10, 5, 2, 1]
used = []
for coin in coins:
    while amount >= coin:
        amount -= coin
        used.append(coin)
print(used)
print(len(used), "coins")

def makeCounter(start=0, step=1):
    count = start
    def tick():
        nonlocal count
        count += step
        return count
    return tick

lives = makeCounter(3, -1)
coins = makeCounter(step=10)
print(lives(), lives())
for _ in range(3):
    coins()
print("coins", coins())
print("lives", lives())

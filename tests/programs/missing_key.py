# tags: dicts crash functions
prices = {"apple": 0.5, "banana": 0.25}

def cost(item, amount):
    return prices[item] * amount

print(cost("apple", 4))
print(cost("cherry", 2))
print("done")

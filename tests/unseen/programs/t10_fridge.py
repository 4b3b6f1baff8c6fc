fridge = {"milk": 2, "eggs": 6, "cheese": 1}

fridge["eggs"] = fridge["eggs"] - 2
fridge["juice"] = 1
gone = fridge.pop("cheese")
print("Took out", gone, "cheese")
print("Butter:", fridge.get("butter", 0))

to_buy = {food: 3 - n for food, n in fridge.items() if n < 3}
print(list(fridge.keys()), sum(fridge.values()))
print("Please buy", to_buy)

# tags: dicts methods for
stock = {"pens": 10, "books": 2}
delivery = {"books": 5, "rulers": 8}

for thing, n in delivery.items():
    stock[thing] = stock.get(thing, 0) + n

sold = stock.pop("pens")
print("sold out of pens:", sold)
print(stock)
print("rulers" in stock, "pens" in stock)

# What goes wrong here?
stock = {"pens": 40, "notebooks": 12, "erasers": 0}

def sell(item, quantity):
    stock[item] -= quantity
    print("sold", quantity, item, "->", stock[item], "left")

sell("pens", 5)
sell("notebooks", quantity=2)
sell("rulers", 1)
print(stock)

stock = {"pen": 4, "book": 0, "ruler": 2}
orders = ["pen", "ruler", "pen", "glue", "book"]

sold = 0
for item in orders:
    if stock[item] > 0:
        stock[item] -= 1
        sold += 1
        print(f"{item:<6} ok, {stock[item]} left")
    else:
        print(item, "sold out")

print("sold:", sold)

# tags: ints while input
# stdin: ["50", "20", "50"]
# Coke machine: costs 100 cents
paid = 0
price = 100
while paid < price:
    print("Amount due:", price - paid)
    coin = int(input("Insert coin: "))
    if coin in [10, 20, 50]:
        paid += coin
change = paid - price
print("Change:", change)

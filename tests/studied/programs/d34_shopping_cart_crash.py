# Exercise 34: Debug me! The receipt does not print.
cart = [("bread", 2.2), ("cheese", 5.4), ("grapes", "3.1")]

total = 0.0
for name, price in cart:
    print("adding", name)
    total = total + price

print("Total: " + str(total))

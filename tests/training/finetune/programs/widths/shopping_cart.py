cart = {"milk": 2, "eggs": 12, "rice": 1}
for thing in cart:
    amount = cart[thing]
    print(f"{amount:>3} {thing}")
print(f"{len(cart):>3} things")

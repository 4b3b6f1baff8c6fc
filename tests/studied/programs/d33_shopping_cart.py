# Exercise 33: shopping cart with a discount
prices = {"shirt": 19.99, "socks": 4.5, "hat": 12.0}
cart = ["shirt", "socks", "socks", "scarf"]

def cart_total(cart, prices, discount=0):
    total = 0
    for item in cart:
        if item not in prices:
            print("No price for", item)
            continue
        total += prices[item]
    return total * (1 - discount)

full = cart_total(cart, prices)
sale = cart_total(cart[:-1], prices, discount=0.2)
print(f"Full price: {full:.2f}")
print(f"Sale price: {sale:.2f}")
print("You save", round(full - sale, 2))

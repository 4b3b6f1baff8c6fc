def discount(price, percent=10):
    return price - price * percent / 100

print(discount(50))
print(discount(80, 25))
print(discount(percent=50, price=30))
shoes = discount(discount(200), 20)
print("Shoes:", shoes)

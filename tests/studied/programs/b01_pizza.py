# pizza order homework 1
price = 8.5
anzahl = 3
total = price * anzahl
if anzahl >= 3:
    total = total - total * 0.1
print("Pizzas:", anzahl)
print(f"Total: {total:.2f} EUR")

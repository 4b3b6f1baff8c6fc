# positional, keyword, default: which value goes where?
def ticket(price, persons=1, discount=0.0, currency="CHF"):
    total = price * persons * (1 - discount)
    return f"{total:.2f} {currency}"

print(ticket(20))
print(ticket(20, 3))
print(ticket(currency="EUR", price=12.5))
print(ticket(80, discount=0.25, persons=2))

def line(text, amount):
    return f"{text:<10}{amount:>5}"


price = 60
tip = 9
print(line("price", price))
print(line("tip", tip))
print(line("total", price + tip))

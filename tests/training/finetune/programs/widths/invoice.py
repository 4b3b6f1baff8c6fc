def line(text, amount):
    print(f"{text:<12}{amount:>8.2f}")


net = 80
tax = net * 0.25
line("net", net)
line("tax", tax)
line("to pay", net + tax)

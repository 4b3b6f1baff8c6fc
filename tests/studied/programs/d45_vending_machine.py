# stdin: ["cola", "1.00", "chips", "2.00", "gum", "stop"]
# Exercise 45 (harder): vending machine

class OutOfStock(Exception):
    """Raised when the slot is empty."""


class VendingMachine:
    def __init__(self):
        self.slots = {"cola": [1, 150], "chips": [2, 120], "gum": [0, 60]}
        self.earned = 0

    def buy(self, product, cents):
        slot = self.slots[product]
        if slot[0] == 0:
            raise OutOfStock(product)
        if cents < slot[1]:
            return None
        slot[0] -= 1
        self.earned += slot[1]
        return cents - slot[1]


machine = VendingMachine()
while True:
    choice = input("Product: ").strip()
    if choice == "stop":
        break
    try:
        if machine.slots[choice][0] > 0:
            coins = round(float(input("Money: ")) * 100)
        else:
            coins = 0
        change = machine.buy(choice, coins)
    except OutOfStock as problem:
        print("Sold out:", problem)
        continue
    if change is None:
        print("Not enough money")
    else:
        print(f"Enjoy your {choice}! Change: {change / 100:.2f}")

print("Earned", machine.earned, "cents")

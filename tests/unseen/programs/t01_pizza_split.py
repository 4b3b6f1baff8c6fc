# stdin: ["12.50", "4"]
# Worksheet 1: how much does everyone pay?
price = float(input("Price of one pizza: "))
people = int(input("How many people? "))
delivery = 3

total = price * 2 + delivery
each = total / people
print("Total:", total)
print(f"Each person pays {each:.2f} EUR")

# stdin: ["84.50", "15", "3"]
# Exercise 6: tip calculator
bill = float(input("What was the total bill? $"))
tip_percent = int(input("Tip percentage? "))
people = int(input("How many people? "))

tip = bill * tip_percent / 100
total = bill + tip
each = round(total / people, 2)

print(f"Tip: ${tip:.2f}")
print(f"Total: ${total:.2f}")
print("Each person pays: $" + str(each))

# tags: strings input fstrings printing
# stdin: ["Marta", "17"]
name = input("What is your name? ")
age = int(input("How old are you? "))
print(f"Hello {name}!")
print(f"Next year you will be {age + 1}.")
if age >= 18:
    print("You can vote")
else:
    print("You can vote in", 18 - age, "year(s)")

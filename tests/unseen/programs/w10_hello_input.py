# stdin: ["Ingrid", "41"]
name = input("What is your name? ")
age = int(input("How old are you? "))
print()
print("Hello " + name + "!")
print("Next year you will be", age + 1)
print("your name has", len(name), "letters, backwards:", name[::-1].lower())

# Exercise 22: What goes wrong here? Fix it with .get()
phone_book = {"mum": "0123", "dad": "0456"}

def call(who):
    number = phone_book[who]
    print("Calling", who.upper(), "on", number)
    return len(number)

digits = 0
for person in ["mum", "Dad", "gran"]:
    digits += call(person)
print(digits)

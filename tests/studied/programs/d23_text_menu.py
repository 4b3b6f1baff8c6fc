# stdin: ["1", "apples", "1", "pears", "9", "2", "q"]
# Exercise 23: a text menu
shopping = []

while True:
    print("1) add  2) show  q) quit")
    choice = input("> ")
    if choice == "1":
        item = input("What? ")
        shopping.append(item.upper())
    elif choice == "2":
        for i, item in enumerate(shopping, start=1):
            print(str(i) + ".", item)
    elif choice == "q":
        break
    else:
        print("Sorry, I don't know", choice)

print("You have", len(shopping), "items. Bye!")

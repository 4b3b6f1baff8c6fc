# stdin: ["twelve", "", "12"]
# Keep asking until it really is a number
def ask_number(question):
    while True:
        text = input(question)
        try:
            number = int(text)
        except ValueError:
            print("Not a number:", repr(text))
        else:
            return number

slices = ask_number("How many slices? ")
print("That makes", slices // 8, "pizzas and", slices % 8, "slices extra")

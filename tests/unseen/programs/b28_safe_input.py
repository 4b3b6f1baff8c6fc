# stdin: ["zw\u00f6lf", "7.5", " 14", "3"]
def askNumber(question):
    while True:
        try:
            n = int(input(question))
        except ValueError as e:
            print("Not a number!", e)
        else:
            return n
        finally:
            print("(asked)")

age = askNumber("Age: ")
friends = askNumber("Friends: ")
ticket = 6 if age < 16 else 9
print("Price together:", ticket * (friends + 1))

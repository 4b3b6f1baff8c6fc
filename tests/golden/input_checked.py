# stdin: ["ten", "-3", " 7 "]
def ask(prompt):
    while True:
        try:
            n = int(input(prompt))
        except ValueError:
            print("Not a number.")
            continue
        if n > 0:
            return n
        prompt = "More: "

print("You said", ask("N? "))

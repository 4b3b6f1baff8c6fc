# tags: input functions while exceptions
# stdin: ["add 2 3", "div 1 0", "pow 2 2", "stop"]
def calculate(op, a, b):
    if op == "add":
        return a + b
    elif op == "div":
        return a / b
    raise ValueError("unknown operation " + op)

while True:
    command = input("> ")
    if command == "stop":
        break
    op, a, b = command.split()
    try:
        print(calculate(op, int(a), int(b)))
    except ZeroDivisionError:
        print("no division by zero")
    except ValueError as e:
        print(e)

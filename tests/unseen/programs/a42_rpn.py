def evaluate(expression):
    """Evaluate an expression in reverse Polish notation."""
    operations = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
    }
    stack = []
    for token in expression.split():
        if token in operations:
            right = stack.pop()
            left = stack.pop()
            stack.append(operations[token](left, right))
        else:
            stack.append(int(token))
        print(f"{token:>3} : {stack}")
    return stack[0]


print("Result:", evaluate("5 1 2 + 4 * + 3 -"))
print("Result:", evaluate("7 2 /"))
print("Result:", evaluate("4 +"))

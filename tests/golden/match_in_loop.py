stack = []
for token in "2 3 + x".split():
    match token:
        case "+":
            stack.append(stack.pop() + stack.pop())
        case n if n.isdigit():
            stack.append(int(n))
        case _:
            break
print(stack)

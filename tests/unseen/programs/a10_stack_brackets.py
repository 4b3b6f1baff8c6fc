# Exercise 6.1: balanced brackets with a stack
PAIRS = {")": "(", "]": "[", "}": "{"}

def balanced(expr):
    stack = []
    for ch in expr:
        if ch in PAIRS.values():
            stack.append(ch)
        elif ch in PAIRS:
            if not stack or stack.pop() != PAIRS[ch]:
                return False
    return not stack

for test in ["(a+b)", "[x*(y-1)]", "(]", "((", ""]:
    print(repr(test), balanced(test))

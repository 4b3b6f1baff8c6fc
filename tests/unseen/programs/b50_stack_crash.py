# checks brackets with a stack
def check(s):
    stack = []
    pairs = {")": "(", "]": "["}
    for pos, c in enumerate(s):
        if c in "([":
            stack.append(c)
        elif c in pairs:
            top = stack.pop()
            if top != pairs[c]:
                return "wrong at " + str(pos)
    if stack:
        return f"{len(stack)} not closed"
    return "ok"


tests = ["(a[1])", "(]", "((x)", "a)b"]
for t in tests:
    print(t.ljust(8), check(t))
print("all checked")

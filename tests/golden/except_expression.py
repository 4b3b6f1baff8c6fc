def kinds():
    print("asked")
    return (KeyError, ValueError)

try:
    int("z")
except kinds() as e:
    print(type(e).__name__)
try:
    int("y")
except "not a class":
    pass

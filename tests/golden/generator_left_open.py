def lines():
    print("open")
    try:
        yield "one"
        yield "two"
    finally:
        print("shut")

def first():
    for line in lines():
        return line

print(first())
rest = lines()
next(rest)
del rest
print("after")

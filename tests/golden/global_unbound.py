total = 10

def read():
    return total

def shadow():
    total = 1
    return total

def make():
    global made, total
    made = total = 5

def broken():
    print(total)
    total = 2

print(read(), shadow(), total)
make()
print(made, total)
broken()

x = "global"

def outer():
    x = "outer"
    def inner():
        x = "inner"
        print(x)
    def peek():
        print(x)
    inner()
    peek()
    x = "changed"
    peek()

def setter():
    global x
    x = x.upper()

outer()
print(x)
setter()
print(x)

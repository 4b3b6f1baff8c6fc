def double(x):
    result = x * 2

def triple(x):
    return x * 3

a = double(4)
b = triple(4)
print("double:", a)
print("triple:", b)
if not a:
    print("something is wrong??")

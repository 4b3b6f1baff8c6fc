x = [1, 2]
y = x
del x[0], x
try:
    print(x)
except NameError as e:
    message = str(e)

def f():
    z = 1
    del z
    return z

f()

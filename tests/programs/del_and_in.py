# tags: lists dicts printing
x = [10, 20, 30, 40]
del x[1]
print(x)
y = {"a": 1, "b": 2}
del y["a"]
print(y, "a" in y)
del x
z = "done"
print(z)

print(3 < 5 < 4)
print(not 0 and 7)
print("" or "default")
print(None or 0 or [])
print(bool("False"), bool([]), bool([0]))
x = None
print(x is None and "nothing" or "something")
print(True + True * 2)

class Box:
    pass

letters = list("abcdef")
del letters[0], letters[-1]
del letters[1:3]
ages = {"Al": 3, "Bo": 4}
del ages["Al"]
box = Box()
box.size = 2
box.lid = None
del box.size
(a, b) = 1, 2
del (a, b)
alias = letters
del letters
print(alias, ages, vars(box))
del box.size

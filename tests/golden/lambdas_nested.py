add = lambda a: lambda b: a + b
print(add(1)(2))
print((lambda *args, **kw: (args, kw))(1, x=2))
pick = lambda n: "even" if n % 2 == 0 else (lambda: "odd")()
print(pick(2), pick(3))
fact = lambda n: 1 if n < 2 else n * fact(n - 1)
print(fact(3))
table = {"+": lambda a, b: a + b,
         "-": lambda a, b: a - b}
print(table["-"](5, 3))

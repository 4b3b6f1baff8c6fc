x = 3
y = eval("x * 2 + 1")
exec("z = y + 1\nfor i in range(2):\n    z += i")
f = eval("lambda a: a + x")
print(f(1), z)
code = "def g(n):\n    return n * n\n"
exec(code)
print(g(4))
eval("1 +")

# times table functions (should be x1, x2, x3!)
funcs = []
for n in range(1, 4):
    funcs.append(lambda x: x * n)

fixed = [lambda x, n=n: x * n for n in range(1, 4)]

print([f(5) for f in funcs])
print([f(5) for f in fixed])

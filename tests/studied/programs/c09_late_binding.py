fs = []
for i in range(3):
    fs.append(lambda x: x + i)

print([f(10) for f in fs])

gs = [lambda x, i=i: x + i for i in range(3)]
print([g(10) for g in gs])

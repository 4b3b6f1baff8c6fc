def count(n):
    while n > 0:
        yield n
        n -= 1

for k in count(2):
    print(k)
gen = count(1)
print(next(gen))
print(next(gen, "end"))

def gen():
    while True: yield 1; break
def each(items):
    for i in items: yield i * 2
print(list(gen()), list(each("ab")))
g = each([5])
while True:
    try: print(next(g))
    except StopIteration: break
class C: x = [i for i in range(2)]
for n in (1, 2): squares = [k * k for k in range(n)]; print(squares)

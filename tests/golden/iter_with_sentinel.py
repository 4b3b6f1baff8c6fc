from itertools import chain, count, islice

rolls = [3, 6, 1]
def roll():
    return rolls.pop(0)

for n in iter(roll, 6):
    print(n)
print(list(islice(count(5, 5), 2)))
evens = filter(lambda k: k % 2 == 0, range(5))
for e in chain(evens, [99]):
    print(e)

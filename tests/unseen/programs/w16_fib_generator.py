def rabbits(months):
    # fibonacci's rabbits :)
    young, old = 1, 0
    for m in range(months):
        yield young + old
        young, old = old, young + old

gen = rabbits(7)
print(next(gen))
print(next(gen))
for r in gen:
    print(r, end=" ")
print()
print(list(gen))
print(sum(rabbits(5)))

# tags: sets comprehensions ints
evens = {n for n in range(10) if n % 2 == 0}
squares = {n * n for n in range(4)}
print(evens & squares)
print(sorted(evens ^ squares))
print(squares <= evens, {0, 4} <= evens)
evens.remove(0)
print(evens)

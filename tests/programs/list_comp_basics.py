# tags: comprehensions lists
numbers = [3, 8, 12, 5, 7]
doubled = [n * 2 for n in numbers]
big = [n for n in doubled if n > 12]
pairs = [(i, n) for i, n in enumerate(big)]
print(doubled)
print(big)
print(pairs)

def square(n):
    return n * n

i = 10
squares = [square(i) for i in range(3)]
lookup = {
    k: v
    for k, v in zip("ab", squares)
    if v == 0
}
total = sum(x for x in squares)
letters = {c for c in "aab"}
print(i, [j for i in [[1], [2]] for j in i])

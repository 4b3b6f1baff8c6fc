def move(n, source, target, spare, pegs):
    if n == 0:
        return 0
    moves = move(n - 1, source, spare, target, pegs)
    pegs[target].append(pegs[source].pop())
    return moves + 1 + move(n - 1, spare, target, source, pegs)


pegs = {"A": [7, 6, 5, 4, 3, 2, 1], "B": [], "C": []}
print(move(7, "A", "C", "B", pegs))
print(pegs)

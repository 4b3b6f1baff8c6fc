def hanoi(n, a, b, c):
    if n == 0:
        return 0
    moves = hanoi(n - 1, a, c, b)
    print(n, a, "->", c)
    return moves + 1 + hanoi(n - 1, b, a, c)

print(hanoi(2, "A", "B", "C"))

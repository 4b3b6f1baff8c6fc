board = [[" "] * 3 for _ in range(3)]
moves = [(0, 0), (1, 1), (0, 1), (2, 2), (0, 2), (1, 0)]

def winner(b):
    for r in b:
        if r[0] != " " and r[0] == r[1] == r[2]:
            return r[0]
    for c in range(3):
        if b[0][c] != " " and b[0][c] == b[1][c] and b[1][c] == b[2][c]:
            return b[0][c]
    return None

who = "X"
for row, col in moves:
    board[row][col] = who
    if winner(board) is not None:
        print(who, "wins")
        break
    who = "O" if who == "X" else "X"
else:
    print("draw")

for row in board:
    for cell in row:
        print("[" + cell + "]", end="")
    print()

# Exercise 28: tic-tac-toe - who has won?

def show(board):
    for row in board:
        print(" | ".join(row))


def winner(board):
    lines = []
    for row in board:
        lines.append(row)
    for col in zip(*board):
        lines.append(list(col))
    lines.append([board[i][i] for i in range(3)])
    lines.append([board[i][2 - i] for i in range(3)])

    for line in lines:
        if line[0] != " " and line.count(line[0]) == 3:
            return line[0]
    return None


board = [[" "] * 3 for _ in range(3)]
moves = [(1, 1), (0, 0), (0, 2), (1, 0), (2, 0)]
player = "X"

for r, c in moves:
    board[r][c] = player
    player = "O" if player == "X" else "X"

show(board)
won = winner(board)
if won is None:
    print("Nobody yet")
else:
    print("Winner:", won)

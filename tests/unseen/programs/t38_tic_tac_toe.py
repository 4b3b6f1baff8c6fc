def winner(board):
    lines = []
    for row in board:
        lines.append(row)
    for c in range(3):
        lines.append([board[r][c] for r in range(3)])
    lines.append([board[i][i] for i in range(3)])
    lines.append([board[i][2 - i] for i in range(3)])
    for line in lines:
        if line[0] != " " and line[0] == line[1] == line[2]:
            return line[0]
    return None


def show(board):
    for row in board:
        print("|".join(row))


game = [[" "] * 3 for _ in range(3)]
moves = [(1, 1), (0, 0), (0, 2), (2, 1), (2, 0)]
player = "X"
for r, c in moves:
    game[r][c] = player
    player = "O" if player == "X" else "X"

show(game)
who = winner(game)
if who is None:
    print("Nobody wins yet")
else:
    print(who, "wins!")

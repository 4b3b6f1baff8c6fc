# tags: nested-lists functions bools
board = [["X", "O", "X"],
         ["O", "X", "O"],
         ["O", "X", "X"]]

def wins(b, player):
    for row in b:
        if row == [player] * 3:
            return True
    if b[0][0] == b[1][1] == b[2][2] == player:
        return True
    return b[0][2] == b[1][1] == b[2][0] == player

print("X wins:", wins(board, "X"))
print("O wins:", wins(board, "O"))

# tags: while ints functions
def computer_move(sticks):
    take = (sticks - 1) % 4
    if take == 0:
        take = 1
    return take

sticks = 13
turn = "you"
while sticks > 0:
    if turn == "you":
        taken = min(2, sticks)
    else:
        taken = computer_move(sticks)
    sticks -= taken
    print(turn, "took", taken, "->", sticks)
    turn = "pc" if turn == "you" else "you"
print("last stick was not taken by", turn)

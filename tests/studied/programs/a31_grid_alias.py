# Two ways to build a 3x3 board. Only one is right!
wrong = [[0] * 3] * 3
right = [[0] * 3 for _ in range(3)]

wrong[1][1] = 5
right[1][1] = 5

print("wrong:")
for row in wrong:
    print(row)
print("right:")
for row in right:
    print(row)

# tags: ints for nested-lists
# Exam 2021, question 5b: give the values of x and y after each round
x = 1
y = 10
for i in range(4):
    if i % 2 == 0:
        x = x * 3
    else:
        y -= x
    for j in range(i):
        x += j
print(x, y, i, j)

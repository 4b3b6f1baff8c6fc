# Quiz 1, question 3: what does this print?
x, y, z = 1, 2, 3
x, y = y, x
y, z = x + z, y
print(x, y, z, sep="-")

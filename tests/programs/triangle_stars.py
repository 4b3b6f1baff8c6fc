# tags: strings while printing
height = 4
row = 1
while row <= height:
    spaces = " " * (height - row)
    stars = "*" * (2 * row - 1)
    print(spaces + stars)
    row += 1

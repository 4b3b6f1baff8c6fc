# tags: for printing strings
size = 3
for row in range(1, size + 1):
    line = ""
    for col in range(1, size + 1):
        line += str(row * col) + "\t"
    print(line.rstrip())

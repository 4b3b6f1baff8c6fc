def multiply(a, b):
    rows = len(a)
    columns = len(b[0])
    result = [[0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            total = 0
            for k in range(len(b)):
                total += a[i][k] * b[k][j]
            result[i][j] = total
    return result


left = [[i + j for j in range(4)] for i in range(4)]
right = [[i * j for j in range(4)] for i in range(4)]
for _ in range(6):
    right = multiply(left, right)
print(right)

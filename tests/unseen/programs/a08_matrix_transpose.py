def transpose(m):
    rows = len(m)
    cols = len(m[0])
    result = []
    for j in range(cols):
        new_row = []
        for i in range(rows):
            new_row.append(m[i][j])
        result.append(new_row)
    return result


def show(m):
    for row in m:
        for value in row:
            print(f"{value:>3}", end="")
        print()


A = [[1, 2, 3],
     [4, 5, 6]]
show(A)
print("-" * 9)
T = transpose(A)
show(T)
print(transpose(T) == A)

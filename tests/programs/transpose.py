# tags: nested-lists comprehensions functions
def transpose(m):
    rows = len(m)
    cols = len(m[0])
    result = []
    for c in range(cols):
        new_row = []
        for r in range(rows):
            new_row.append(m[r][c])
        result.append(new_row)
    return result

m = [[1, 2], [3, 4], [5, 6]]
print(transpose(m))
print([list(t) for t in zip(*m)])

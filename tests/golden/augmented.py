a = b = [1]
a += [2]
a = a + [3]
t = ([0], 1)
try:
    t[0] += [9]
except TypeError as e:
    print("tuple:", t)
grid = [[1, 2], [3, 4]]
grid[1][0] *= 5
i = 0
def spot():
    global i
    i += 1
    return i - 1
row = [10, 20]
row[spot()] += spot()
print(a, b, grid, row, i)
n = 7
n //= 2; n **= 3; n %= 10; n <<= 2; n |= 1

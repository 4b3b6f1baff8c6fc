a = [1, 2]
b = a
b.append(3)
c = a[:]
c.append(4)
grid = [[0] * 2] * 2
grid[0][1] = 9
a = [1, 2, 3]
a = [1, 2, 3]

def clear(items):
    items.clear()

clear(b)

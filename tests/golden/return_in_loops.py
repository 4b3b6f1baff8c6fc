def find(grid, wanted):
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            if cell == wanted:
                return x, y

def drain(items):
    while True:
        if not items:
            return "empty"
        items.pop()

print(find(["ab", "cd"], "c"), find([], 1))
print(drain([1]))

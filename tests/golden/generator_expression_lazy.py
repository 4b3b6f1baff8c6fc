def show(n):
    print("show", n)
    return n > 1

base = 10
lazy = (show(n) for n in [1, 2, 3])
print("made")
print(any(lazy))
sums = (n + base for n in range(2))
base = 100
print(list(sums), list(lazy))

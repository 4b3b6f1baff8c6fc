k = 1


def f(n):
    return n + k


# context ends
print(f(2), k)
k = k + 1
x = f(k)

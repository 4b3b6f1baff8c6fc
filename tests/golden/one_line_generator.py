def evens():
    n = 0
    while True: yield n; n += 2

e = evens()
print(next(e), next(e), next(e))

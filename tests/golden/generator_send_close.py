def average():
    total = n = 0
    mean = None
    try:
        while True:
            total += yield mean
            n += 1
            mean = total / n
    finally:
        print("closed")

a = average()
next(a)
a.send(4)
a.close()

def plain():
    yield 1
    yield 2

for x in plain():
    break

# tags: while ints bools
n = 17
count = 0
running = True
while running:
    n = n // 2
    count += 1
    print("n is now", n)
    if n == 0:
        running = False
print("halved", count, "times")

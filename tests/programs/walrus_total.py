# tags: while lists ints
queue = [4, 7, 0, 9]
total = 0
while (item := queue.pop(0)) != 0:
    total += item
print(total, queue)

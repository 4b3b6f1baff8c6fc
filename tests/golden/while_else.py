n = 3
while n > 1:
    n -= 1
else:
    done = True
while n:
    break
else:
    done = False

for n in [1, 2, 3]:
    try:
        if n == 1:
            continue
        if n == 2:
            1 / 0
    except ZeroDivisionError:
        break
    finally:
        print("done", n)
while True:
    try:
        raise ValueError
    finally:
        break
print("end")

def risky(n):
    try:
        try:
            return 10 // n
        finally:
            n += 1
    except ZeroDivisionError as e:
        raise ValueError("bad") from e

for n in [5, 0]:
    try:
        risky(n)
    except ValueError as e:
        print(e, "from", repr(e.__cause__))

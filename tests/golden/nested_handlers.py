def handle(n):
    try:
        if n == 0:
            raise KeyError("k")
        raise IndexError("i")
    except KeyError:
        try:
            raise ValueError("v")
        except ValueError:
            print("inner")
        print("still in handler")
        raise
    except IndexError:
        return "index"

print(handle(1))
handle(0)

def outer():
    try:
        try:
            return "first"
        finally:
            print("inner")
            return "second"
    finally:
        print("outer")

def lost():
    try:
        raise KeyError("gone")
    finally:
        return "no error"

def changed():
    n = 1
    try:
        return n
    finally:
        n = 2

print(outer(), lost(), changed())

def inner():
    try:
        int("x")
    except ValueError:
        print("seen")
        raise

def outer():
    try:
        inner()
    except KeyError:
        return 1
    finally:
        print("left")

try:
    try:
        {}["k"]
    except KeyError:
        raise
except KeyError as e:
    print("again", e)
outer()

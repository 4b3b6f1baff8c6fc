from contextlib import contextmanager

@contextmanager
def room(name):
    print("in", name)
    try:
        yield name
    finally:
        print("out", name)

with (
    room("hall") as a,
    room("attic") as b,
):
    print(a + b)
with room("x"):
    with room("y"):
        pass

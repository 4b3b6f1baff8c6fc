from contextlib import contextmanager, suppress

@contextmanager
def tag(name):
    print("<" + name + ">")
    yield name.upper()
    print("</" + name + ">")

with tag("b") as t:
    print(t)
with suppress(KeyError):
    {}["x"]

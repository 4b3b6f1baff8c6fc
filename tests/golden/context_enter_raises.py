class Locked:
    def __enter__(self):
        raise PermissionError("no key")

    def __exit__(self, *about):
        print("never")

try:
    with Locked() as door:
        print("inside")
except OSError as problem:
    print(problem)
with 5:
    pass

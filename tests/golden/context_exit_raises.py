class Fussy:
    def __enter__(self):
        print("enter")

    def __exit__(self, *about):
        raise RuntimeError("cannot leave")

try:
    with Fussy():
        1 / 0
except RuntimeError as e:
    print(e, "after", type(e.__context__).__name__)

# tags: classes exceptions methods
class Door:
    def __enter__(self):
        print("open")
        return self

    def __exit__(self, kind, value, tb):
        print("close", value)
        return True

with Door() as d:
    print("inside")
    x = 1 / 0
    print("not here")
print("after")

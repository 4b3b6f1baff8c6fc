class File:
    def __init__(self, name):
        self.name = name

    def __del__(self):
        print("closing", self.name)

a = File("a")
b = a
del a
print("still open")
b = File("b")
def use():
    local = File("c")
    return local.name
print(use())
del b

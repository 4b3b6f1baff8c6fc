# tags: classes lists exceptions
class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        if not self.items:
            raise IndexError("pop from empty stack")
        return self.items.pop()

s = Stack()
s.push("a")
s.push("b")
print(s.pop())
print(s.pop())
try:
    s.pop()
except IndexError as err:
    print("oops:", err)

class Node:
    def __init__(self, val, nxt=None):
        self.val = val
        self.nxt = nxt


class Stack:
    def __init__(self, items=()):
        self.top = None
        self.size = 0
        for it in items:
            self.push(it)

    def push(self, val):
        self.top = Node(val, self.top)
        self.size += 1

    def pop(self):
        if self.top is None:
            raise IndexError("empty stack")
        val = self.top.val
        self.top = self.top.nxt
        self.size -= 1
        return val

    def __iter__(self):
        cur = self.top
        while cur:
            yield cur.val
            cur = cur.nxt


s = Stack([3, 0, 8])
s.push("x")
print(list(s), s.size)
print(s.pop(), s.pop() - s.pop())
print(3 in s, max(s))
try:
    while True:
        print("pop", s.pop())
except IndexError as e:
    print("error:", e)
print(s.size, s.top)

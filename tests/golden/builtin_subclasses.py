class Stack(list):
    def push(self, x):
        self.append(x)

class Age(int):
    def __repr__(self):
        return "hidden"

class Env(dict):
    pass

s = Stack([1])
s.push(2)
a = Age(7)
e = Env(x=1)
empty = Stack(), Env()

# python: 3.13
class Stack[T = int]:
    def __init__(self):
        self.items = []

    def push(self, item: T):
        self.items.append(item)
        return self

def count[T: (int, float) = int](n: T) -> T:
    return n + 1

print(Stack().push(count(1)).items)

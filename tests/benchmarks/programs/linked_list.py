class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next


class Stack:
    def __init__(self):
        self.top = None
        self.size = 0

    def push(self, value):
        self.top = Node(value, self.top)
        self.size += 1

    def pop(self):
        if self.top is None:
            raise IndexError("empty")
        value = self.top.value
        self.top = self.top.next
        self.size -= 1
        return value


def balanced(text):
    stack = Stack()
    pairs = {")": "(", "]": "[", "}": "{"}
    for letter in text:
        if letter in "([{":
            stack.push(letter)
        elif letter in pairs:
            if stack.size == 0 or stack.pop() != pairs[letter]:
                return False
    return stack.size == 0


for text in ["(a[b]{c})" * 8, "((((([[[[[{{{}}}]]]]])))))" * 3, "([)]", "(((" * 5]:
    print(balanced(text))

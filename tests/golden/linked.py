class Node:
    def __init__(self, value, next=None):
        self.value = value
        self.next = next

head = Node(1, Node(2))
head.next.next = head
loop = [1]
loop.append(loop)
table = {}
table["self"] = table
deep = [[[[[[[[[["deep"]]]]]]]]]]

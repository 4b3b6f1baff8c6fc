# tags: classes aliasing while
class Node:
    def __init__(self, value, next_node=None):
        self.value = value
        self.next_node = next_node

c = Node(3)
b = Node(2, c)
a = Node(1, b)

node = a
total = 0
while node is not None:
    total += node.value
    node = node.next_node
print(total)
b.next_node = Node(10)
print(a.next_node.next_node.value)

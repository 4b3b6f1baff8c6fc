class Node:
    def __init__(self, value, rest=None):
        self.value = value
        self.rest = rest

def length(node):
    return 0 if node is None else 1 + length(node.rest)

def push_back(node, value):
    while node.rest:
        node = node.rest
    node.rest = Node(value)

chain = Node(1)
push_back(chain, 2)
print(length(chain))
chain = Node(0, chain)

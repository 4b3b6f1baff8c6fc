class Node:
    def __init__(self, data, next=None):
        self.data = data
        self.next = next


class LinkedList:
    def __init__(self):
        self.head = None
        self.size = 0

    def push(self, data):
        self.head = Node(data, self.head)
        self.size += 1

    def reverse(self):
        prev = None
        current = self.head
        while current is not None:
            following = current.next
            current.next = prev
            prev = current
            current = following
        self.head = prev

    def __str__(self):
        parts = []
        node = self.head
        while node:
            parts.append(str(node.data))
            node = node.next
        return " -> ".join(parts) + " -> None"


lst = LinkedList()
for city in ("Rome", "Oslo", "Bern"):
    lst.push(city)
print(lst)
lst.reverse()
print(lst, lst.size)

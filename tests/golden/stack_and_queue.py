from collections import deque

stack, queue = [], deque()
for n in (1, 2):
    stack.append(n)
    queue.appendleft(n)
while stack and queue:
    print(stack.pop(), queue.pop())
queue.popleft()

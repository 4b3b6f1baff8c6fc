# Exercise 24: a to-do list with classes

class Task:
    def __init__(self, title, done=False):
        self.title = title
        self.done = done

    def __str__(self):
        mark = "x" if self.done else " "
        return f"[{mark}] {self.title}"


class TodoList:
    def __init__(self):
        self.tasks = []

    def add(self, title):
        self.tasks.append(Task(title))

    def complete(self, title):
        for task in self.tasks:
            if task.title == title:
                task.done = True
                return True
        return False

    def remaining(self):
        return [t.title for t in self.tasks if not t.done]


todo = TodoList()
todo.add("laundry")
todo.add("homework")
todo.add("walk dog")
print(todo.complete("homework"))
print(todo.complete("sleep"))

for task in todo.tasks:
    print(task)
print("Still to do:", todo.remaining())

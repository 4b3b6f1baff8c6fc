# tags: lists crash methods
todo = ["wash", "cook", "read"]
todo.remove("cook")
print(todo)
todo.remove("sleep")
print(todo)

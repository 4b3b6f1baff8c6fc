todo = ["sweep", "wash up", "read"]
for i, task in enumerate(todo, 1):
    print(f"{i:>2}. {task:<8}|")

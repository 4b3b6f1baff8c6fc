# tags: dicts lists functions bools
tasks = []

def add(title):
    tasks.append({"title": title, "done": False})

def finish(title):
    for t in tasks:
        if t["title"] == title:
            t["done"] = True

add("math")
add("dishes")
finish("math")
for t in tasks:
    mark = "x" if t["done"] else " "
    print("[" + mark + "] " + t["title"])

# tags: lists methods
queue = ["Ann", "Bob"]
queue.append("Cat")
queue.insert(0, "Zed")
served = queue.pop(0)
print("served", served)
queue.extend(["Dan", "Eve"])
queue.remove("Bob")
print(queue, len(queue))
print(queue.index("Dan"))
queue.clear()
print(queue)

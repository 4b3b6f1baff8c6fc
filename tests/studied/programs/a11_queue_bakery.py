# Customers in a bakery: a queue with a plain list
queue = ["Ms. Ito", "Mr. Berg"]
log = []

events = ["arrive:Lena", "serve", "serve", "arrive:Omar", "serve", "serve", "serve"]
for e in events:
    if e.startswith("arrive"):
        kind, who = e.split(":")
        queue.append(who)
        continue
    if len(queue) == 0:
        print("nobody waiting")
        break
    served = queue.pop(0)
    log.append(served)
    print("Serving", served, "-", len(queue), "left")
else:
    print("all events handled")
print(log)

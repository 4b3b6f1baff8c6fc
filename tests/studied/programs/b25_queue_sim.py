# simulation: people waiting at the canteen
# every minute new ones arrive, and 2 can be served
arrivals = [3, 0, 4, 3, 0]
queue = []
nextNumber = 1
served = []
longest = 0

for minute, new in enumerate(arrivals):
    for k in range(new):
        queue.append(nextNumber)
        nextNumber += 1
    if len(queue) > longest:
        longest = len(queue)
    n = 0
    while queue and n < 2:
        person = queue.pop(0)
        served.append(person)
        n += 1
    print("minute", minute, "waiting:", queue)

print("served:", len(served), "longest queue:", longest)
if len(queue) == 0:
    print("everybody got food")
else:
    print("hungry:", queue)

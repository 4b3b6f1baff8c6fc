# tags: lists while strings
# first come, first served
line = ["P1", "P2", "P3"]
minutes = 0
while line:
    person = line.pop(0)
    minutes += 2
    print(minutes, "min:", person, "done,", len(line), "waiting")

# tags: dicts functions strings
def day_name(number):
    days = {1: "Mon", 2: "Tue", 3: "Wed"}
    return days.get(number, "unknown")

for d in range(0, 4):
    print(d, day_name(d))

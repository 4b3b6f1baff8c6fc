# tags: dicts crash for
ages = {"Tim": 12, "Sue": 9, "Ali": 15}
for name in ages:
    if ages[name] < 10:
        del ages[name]
print(ages)

ages = {"a": 1, "b": 2}
for key in list(ages):
    ages[key + key] = 0
for key in ages:
    ages[key] += 1
    if key == "b":
        ages["new"] = 0

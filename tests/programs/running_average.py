# tags: floats lists for
data = [2, 4, 9]
averages = []
s = 0
for k, value in enumerate(data, start=1):
    s += value
    averages.append(round(s / k, 2))
print(averages)

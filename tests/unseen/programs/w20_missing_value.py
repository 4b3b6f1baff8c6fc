# None = the measurement failed
days = ["d1", "d2", "d3", "d4", "d5"]
heights = [12, None, 15, 19, None]

total = 0
count = 0
for d, h in zip(days, heights):
    if h is None:
        print(d, "missing")
    else:
        total += h
        count += 1
        print(d, h)

print("average of", count, "values:", total / count)

# this I forgot the first time:
growth = heights[1] - heights[0]
print("growth", growth)

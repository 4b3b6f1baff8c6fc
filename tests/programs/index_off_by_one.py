# tags: lists for crash
scores = [90, 85, 70]
total = 0
for i in range(len(scores) + 1):   # oops
    total = total + scores[i]
    print("running total", total)
print("average", total / len(scores))

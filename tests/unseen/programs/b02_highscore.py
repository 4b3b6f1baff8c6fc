scores = [120, 85, 300, 45]
best = scores[0]
i = 1
while i < len(scores) - 1:
    if scores[i] > best:
        best = scores[i]
    i = i + 1
print("best score is", best)
print("last score was " + str(scores[-1]))

# tags: lists slicing
scores = [10, 20, 30, 40, 50, 60]
first = scores[:2]
last = scores[-2:]
middle = scores[2:4]
every_other = scores[::2]
scores[1:3] = [0]
print(first, last, middle)
print(every_other)
print(scores)

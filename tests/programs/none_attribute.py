# tags: lists crash sorting
# sort() returns None...
numbers = [3, 1, 2]
ordered = numbers.sort()
print(numbers)
print(ordered)
print(ordered[0])

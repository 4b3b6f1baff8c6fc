# tags: floats lists functions crash
# Find the average. Question: what happens with the last call?
def average(numbers):
    return sum(numbers) / len(numbers)

print(average([4, 8, 15]))
print(average([]))

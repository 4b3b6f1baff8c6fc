# tags: lists aliasing functions
def add_one(values):
    for i in range(len(values)):
        values[i] += 1

def add_one_wrong(values):
    for v in values:
        v += 1

nums = [10, 20, 30]
add_one_wrong(nums)
print(nums)
add_one(nums)
print(nums)

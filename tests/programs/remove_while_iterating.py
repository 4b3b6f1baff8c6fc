# tags: lists for aliasing
# why is one 2 left??
nums = [1, 2, 2, 3]
for n in nums:
    if n == 2:
        nums.remove(n)
print(nums)

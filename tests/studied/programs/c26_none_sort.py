nums = [42, 7, 19]
backup = nums
result = nums.sort()
print(nums)
print(backup)
print(result)
result.append(3)
print(result)

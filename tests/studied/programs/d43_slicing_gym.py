# Exercise 43: slicing gym
word = "programming"
nums = [0, 10, 20, 30, 40, 50, 60]

print(word[:7], word[-4:], word[3:6])
print(word[::2], word[::-3])
print(nums[1:-1:2])
print(nums[-3:])
nums[2:4] = [99]
print(nums, len(nums))
print(word[50:] == "")

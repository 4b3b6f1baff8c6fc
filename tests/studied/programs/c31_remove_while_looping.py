nums = [2, 4, 6, 7, 8, 9]
for n in nums:
    if n % 2 == 0:
        nums.remove(n)
print(nums)

nums = [2, 4, 6, 7, 8, 9]
for n in nums[:]:
    if n % 2 == 0:
        nums.remove(n)
print(nums)

letters = list("abc")
for ch in letters:
    if len(letters) < 6:
        letters.append(ch * 2)
print(letters)

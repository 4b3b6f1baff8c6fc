# tags: strings while bools
word = "rotator"
left = 0
right = len(word) - 1
ok = True
while left < right:
    if word[left] != word[right]:
        ok = False
        break
    left += 1
    right -= 1
print(ok)

def key(x):
    if x == 0:
        raise ValueError("zero has no rank")
    return 1 / x

nums = [2, 0, 1]
try:
    nums.sort(key=key)
except ValueError as e:
    print(e, nums)
print(max("abc", key=ord))
sorted([1, "a"])

# tags: functions crash ints
def half(n):
    assert n % 2 == 0, "n must be even"
    return n // 2

print(half(10))
print(half(7))

def mean(values):
    assert values, "no values"
    assert (isinstance(values, list)
            and len(values) < 10)
    return sum(values) / len(values)

print(mean([1, 2]))
try:
    mean([])
except AssertionError as e:
    print("checked:", e)
assert mean([3]) == 2

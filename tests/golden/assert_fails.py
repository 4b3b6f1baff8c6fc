values = [1, 2]
assert len(values) == 2
assert values[0] == 2, f"first is {values[0]}"

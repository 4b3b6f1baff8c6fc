def what(x):
    match x:
        case 0:
            return "zero"
        case [a, b] if a > b:
            return "falling"
        case [a, *rest]:
            return rest
        case {"k": v}:
            return v
        case str() | int():
            return "scalar"
        case _:
            return None

for x in [0, [2, 1], [1, 2], {"k": 5}, "s", 1.5]:
    what(x)

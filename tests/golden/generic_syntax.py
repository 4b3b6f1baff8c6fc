# python: 3.12
def first[T](items: list[T], default: T = None) -> T:
    for item in items:
        return item
    return default

class Box[T]:
    size = 1

    def __init__(self, value: T):
        self.value = value

    def swap[U](self, other: U) -> "Box[U]":
        return Box(other)

print(first("ab"), first([], 0))
box = Box(5).swap("x")
print(box.value, Box[int](3).size, Box.__type_params__)

# python: 3.12
type Pair = tuple[int, int]
type Tree[T] = list[T | Tree[T]]

def add(p: Pair) -> int:
    return p[0] + p[1]

print(add((1, 2)), Pair.__value__, Tree.__name__)
alias = Tree

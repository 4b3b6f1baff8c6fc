first, *middle, last = [4, 8, 15, 16, 23]
print(first, middle, last)
*init, tail = "quiz"
print(init, tail)
a, (b, *c) = 1, (2, 3, 4)
print(a, b, c)
print(*middle, sep="->")
head, *rest = (7,)
print(head, rest)

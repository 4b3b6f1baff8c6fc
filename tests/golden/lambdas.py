double = lambda x: x * 2
words = sorted(["bb", "a"], key=lambda w: len(w))
pairs = list(map(lambda a,
                 b: a + b, [1, 2], [3, 4]))
print(double(4), words, pairs)

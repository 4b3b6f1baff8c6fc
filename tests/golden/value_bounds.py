text = "ab" * 200
numbers = list(range(150))
huge = 2 ** 5000
words = ["x" * 290] * 20
nested = {i: [i] for i in range(3)}

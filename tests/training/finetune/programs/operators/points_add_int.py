class Points:
    def __init__(self, n):
        self.n = n

    def __add__(self, more):
        return Points(self.n + more)


score = Points(5)
score = score + 3
score = score + 1
print(score.n)

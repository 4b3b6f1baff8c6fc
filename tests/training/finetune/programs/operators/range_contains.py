class Between:
    def __init__(self, low, high):
        self.low = low
        self.high = high

    def __contains__(self, n):
        return self.low <= n <= self.high


grade = Between(1, 6)
print(4 in grade)
print(9 in grade)

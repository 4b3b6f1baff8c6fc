class TooSmall(Exception):
    def __init__(self, n):
        super().__init__(f"{n} is too small")
        self.n = n

def check(n):
    if n < 2:
        raise TooSmall(n)
    return n

def total(numbers):
    return sum(check(n) for n in numbers)

total([3, 1])

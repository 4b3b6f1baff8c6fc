# tags: lists floats functions sorting
def mean(xs):
    return sum(xs) / len(xs)

def median(xs):
    s = sorted(xs)
    n = len(s)
    mid = n // 2
    if n % 2 == 1:
        return s[mid]
    return (s[mid - 1] + s[mid]) / 2

data = [3, 1, 4, 1, 5, 9]
print("mean", round(mean(data), 3))
print("median", median(data))
print("median", median(data[:5]))

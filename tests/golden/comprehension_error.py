def ratios(numbers):
    n = 5
    return [10 // n for n in numbers]

try:
    ratios([5, 0])
except ZeroDivisionError:
    print("zero")
rows = [int(text) for text in ["1", "x"]]

def evens(limit):
    n = 0
    while n < limit:
        yield n
        n += 2


def running_total(numbers):
    total = 0
    for number in numbers:
        total += number
        yield total


last = None
for value in running_total(evens(400)):
    last = value
print(last)

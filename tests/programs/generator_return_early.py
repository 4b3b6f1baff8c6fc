# tags: generators exceptions for
def until_negative(numbers):
    for n in numbers:
        if n < 0:
            return
        yield n * 10

print(list(until_negative([1, 2, -1, 3])))
gen = until_negative([5, -5])
print(next(gen))
try:
    next(gen)
except StopIteration:
    print("no more")

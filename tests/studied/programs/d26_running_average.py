# Exercise 26: running average with a generator
def running_average(numbers):
    total = 0
    count = 0
    for n in numbers:
        total += n
        count += 1
        yield total / count


readings = [4, 8, 3, 9]
for avg in running_average(readings):
    print(round(avg, 2))

gen = running_average([10, 0])
print(next(gen), next(gen))

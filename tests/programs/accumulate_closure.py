# tags: closures lists functions
def make_average():
    numbers = []

    def add(n):
        numbers.append(n)
        return sum(numbers) / len(numbers)

    return add


avg = make_average()
print(avg(10))
print(avg(20))
other = make_average()
print(other(1), avg(30))

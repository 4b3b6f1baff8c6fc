# tags: ints while functions
def digit_sum(number):
    total = 0
    while number > 0:
        total += number % 10
        number //= 10
    return total

print(digit_sum(4711))
print(digit_sum(999))

# Exercise 27: recursion warm-up

def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def digit_sum(n):
    # base case: only one digit left
    if n < 10:
        return n
    return n % 10 + digit_sum(n // 10)


print("5! =", factorial(5))
print("digits of 4072:", digit_sum(4072))
print("digits of 6!:", digit_sum(factorial(6)))

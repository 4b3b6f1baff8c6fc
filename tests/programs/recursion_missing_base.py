# tags: recursion crash strings
# This one never reaches its base case for odd numbers
def countdown(n):
    if n == 0:
        return "liftoff"
    if n < 0:
        raise RecursionError("went below zero at " + str(n))
    return countdown(n - 2)

print(countdown(4))
print(countdown(5))

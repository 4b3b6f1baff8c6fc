# Exercise 35: functions that remember (closures)

def make_counter(start=0, step=1):
    count = start

    def counter():
        nonlocal count
        count += step
        return count

    return counter


visitors = make_counter()
countdown = make_counter(start=10, step=-3)

visitors()
visitors()
print("visitors:", visitors())
print("countdown:", countdown(), countdown())

add_five = lambda x: x + 5
print(add_five(visitors()))

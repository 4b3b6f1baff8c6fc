def make_counter(start=0, step=1):
    value = start

    def next_value():
        nonlocal value
        value += step
        return value

    return next_value


tickets = make_counter(100)
evens = make_counter(step=2)
print(tickets(), tickets())
print(evens(), evens(), evens())
print(tickets())

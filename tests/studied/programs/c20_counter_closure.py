def make_counter(start=0, step=1):
    n = start
    def inc():
        nonlocal n
        n += step
        return n
    def reset():
        nonlocal n
        n = start
    return inc, reset

up, zero = make_counter()
down, _ = make_counter(10, step=-3)
print(up(), up(), down())
zero()
print(up(), down(), down())
total = up() + down() * up()
print(total)

e = "before"
try:
    1 / 0
except ZeroDivisionError as e:
    e = "changed"
print("e" in globals())
try:
    pass
except ValueError as never:
    pass
def f():
    try:
        {}[1]
    except KeyError as k:
        kept = k
    return kept
print(repr(f()))

def careful():
    try:
        raise KeyError("k")
    finally:
        yield "cleaning up"


steps = careful()
print(next(steps))
try:
    next(steps)
except KeyError as error:
    print("then", error)


def stubborn():
    try:
        yield 1
    finally:
        yield 2


more = stubborn()
next(more)
print(more.throw(ValueError("v")))
try:
    next(more)
except ValueError as error:
    print("thrown", error)

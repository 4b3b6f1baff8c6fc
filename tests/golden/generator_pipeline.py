def numbers(text):
    for part in text.split():
        yield int(part)

def even(values):
    for v in values:
        if v % 2 == 0:
            yield v

def squared(values):
    return (v * v for v in values)

print(list(squared(even(numbers("1 2 4")))))

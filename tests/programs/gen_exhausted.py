# tags: generators crash
def two():
    print("first")
    yield 1
    print("second")
    yield 2

it = two()
print(next(it))
print(next(it))
print(next(it))

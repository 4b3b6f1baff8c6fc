# tags: generators while functions lists
def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


def take(n, source):
    taken = []
    for item in source:
        if len(taken) == n:
            break
        taken.append(item)
    return taken


print(take(6, fibonacci()))

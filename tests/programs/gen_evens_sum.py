# tags: generators for functions
def evens(limit):
    for i in range(limit):
        if i % 2 == 0:
            yield i

print(list(evens(7)))
print(sum(evens(7)))

# Trace carefully: in which order do the lines appear?
def numbers(limit):
    n = 1
    while n <= limit:
        print("make", n)
        yield n
        n += 1

def odd(source):
    for x in source:
        if x % 2:
            print("keep", x)
            yield x
        else:
            print("drop", x)

def take(source, k):
    result = []
    for x in source:
        result.append(x * x)
        if len(result) == k:
            break
    return result

pipe = odd(numbers(8))
print("ready")
first = take(pipe, 2)
print(first)
print(sum(pipe))
print(list(pipe))
print(sum(x for x in range(5) if x != 3))

def find(items):
    for x in items:
        try:
            if x == 1:
                continue
            if x == 2:
                break
            return x
        finally:
            print("f", x)
    return None

find([1, 3])
find([1, 2])

def swallow():
    try:
        return 1 / 0
    finally:
        return "kept"

print(swallow())

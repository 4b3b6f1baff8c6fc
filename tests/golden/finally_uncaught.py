def work():
    try:
        return [1, 2][5]
    finally:
        print("clean up")
        x = 1

try:
    work()
finally:
    print("module too")

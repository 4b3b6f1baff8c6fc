def run(n):
    try:
        x = 6 // n
    except ZeroDivisionError:
        print("zero")
    else:
        print("else", x)
        [][x]
    finally:
        print("finally")

run(0)
try:
    run(3)
except IndexError:
    print("from else")

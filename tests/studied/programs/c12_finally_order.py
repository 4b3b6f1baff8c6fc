def f(n):
    try:
        print("try", n)
        if n == 0:
            raise ValueError("zero")
        return 10 // n
    except ValueError as e:
        print("caught", e)
        return -1
    finally:
        print("finally", n)


print(f(3))
print(f(0))
print(f(-3))

# tags: exceptions functions floats
def safe_div(a, b):
    try:
        result = a / b
    except ZeroDivisionError:
        print("cannot divide by zero!")
        return None
    else:
        return result
    finally:
        print("tried", a, "/", b)

print(safe_div(7, 2))
print(safe_div(1, 0))

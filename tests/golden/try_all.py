def divide(a, b):
    try:
        result = a / b
    except TypeError:
        return "type"
    except (ValueError, ZeroDivisionError) as error:
        result = str(error)
    else:
        result += 1
    finally:
        print("done")
    return result

divide(4, 2)
divide(1, 0)
divide("a", 1)

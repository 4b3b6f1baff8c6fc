# In which order are the letters printed?
def test(x):
    try:
        print("A", end=" ")
        y = 10 // x
    except ZeroDivisionError:
        print("B", end=" ")
        return -1
    else:
        print("C", end=" ")
        return y
    finally:
        print("D", end=" ")

print(test(3))
print(test(0))

try:
    class Broken:
        size = 3
        half = size / 0
        never = 1
except ZeroDivisionError:
    print("no class")
print("Broken" in globals())
class Odd(int, str):
    pass

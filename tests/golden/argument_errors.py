def area(width, height):
    return width * height

try:
    area(3)
except TypeError as error:
    print(error)
try:
    area(1, 2, 3)
except TypeError:
    print("too many")
area(2, depth=3)

# tags: functions crash
def circle_area(radius):
    pi = 3.14159
    return pi * raduis ** 2

r = 2
print("computing...")
print(circle_area(r))

# tags: exceptions crash floats
def speed(km, hours):
    try:
        return km / hours
    finally:
        print("checked", km, "km")

print(speed(10, 4))
print(speed(5, 0))

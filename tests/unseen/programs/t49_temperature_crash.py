# Reading the weather station. One day has strange data.
def to_fahrenheit(c):
    return c * 9 / 5 + 32


def describe(c):
    if c < 0:
        return "freezing"
    elif c < 15:
        return "cool"
    return "warm"


station = "Mon=4,Tue=-3,Wed=19,Thu=n/a,Fri=11"
log = {}

for entry in station.split(","):
    day, value = entry.split("=")
    try:
        celsius = int(value)
    finally:
        print("read", day)
    log[day] = celsius
    print(f"{day}: {to_fahrenheit(celsius):.1f} F,", describe(celsius))

coldest = min(log, key=lambda d: log[d])
print("Coldest day:", coldest)

# tags: ints bools functions for
def is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)

for y in [1900, 2000, 2023, 2024]:
    print(y, is_leap(y))

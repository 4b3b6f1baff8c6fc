# tags: functions lists floats fstrings
"""Compute the price of tickets.

Author: A. Student
"""


def ticket_price(age: int) -> float:
    if age < 6:
        return 0.0
    if age < 18:
        return 4.5
    return 9.0


def main():
    family = [41, 39, 12, 4]
    total = 0.0
    for age in family:
        price = ticket_price(age)
        print(f"age {age:>2}: {price:.2f}")
        total += price
    print(f"total: {total:.2f}")


if __name__ == "__main__":
    main()

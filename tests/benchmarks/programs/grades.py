students = [
    {"name": "Ann", "grades": [90, 85, 77]},
    {"name": "Bob", "grades": [60, 75, 88]},
    {"name": "Eve", "grades": [99, 95, 100]},
]


def average(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)


for year in range(12):
    for student in students:
        student["grades"].append((year * 7 + len(student["name"])) % 41 + 60)
        mean = average(student["grades"][-5:])
        if mean >= 90:
            student["level"] = "A"
        elif mean >= 75:
            student["level"] = "B"
        else:
            student["level"] = "C"
        print(student["name"], round(mean, 1), student["level"])

# Exercise 40: grade book
def letter_grade(avg):
    if avg >= 90:
        return "A"
    elif avg >= 75:
        return "B"
    elif avg >= 60:
        return "C"
    return "F"


students = {
    "Zoe": [92, 88, 95],
    "Ian": [70, 65, 81],
    "Kim": [],
}

report = {}
for name, marks in students.items():
    try:
        average = sum(marks) / len(marks)
    except ZeroDivisionError:
        print(name, "has no marks yet")
        report[name] = None
    else:
        report[name] = letter_grade(average)
        print(f"{name}: {average:.2f}")

passed = [n for n in report if report[n] is not None and report[n] != "F"]
print(report)
print("Passed:", ", ".join(passed))

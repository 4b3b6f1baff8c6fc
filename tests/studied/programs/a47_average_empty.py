# Why does this program not survive the third course?
def average(grades):
    total = 0
    for g in grades:
        total += g
    return total / len(grades)

courses = {
    "Algebra": [5.5, 4.0, 6.0],
    "Logic": [4.5, 5.0],
    "Chess": [],
    "Music": [6.0],
}
try:
    for course in courses:
        print(f"{course:<10}{average(courses[course]):.2f}")
finally:
    print("report closed")

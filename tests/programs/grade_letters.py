# tags: ints functions lists
def letter(points):
    if points >= 90:
        return "A"
    elif points >= 80:
        return "B"
    elif points >= 70:
        return "C"
    return "F"

grades = []
for p in [95, 83, 70, 42]:
    grades.append(letter(p))
print(grades)
print("fails:", grades.count("F"))

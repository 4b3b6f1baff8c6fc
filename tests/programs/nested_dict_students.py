# tags: dicts for functions
students = {
    "Mia": {"math": 90, "art": 80},
    "Leo": {"math": 60, "art": 95},
}

def best_subject(marks):
    best = None
    for subject in marks:
        if best is None or marks[subject] > marks[best]:
            best = subject
    return best

for name, marks in students.items():
    print(name, best_subject(marks), sum(marks.values()) / len(marks))

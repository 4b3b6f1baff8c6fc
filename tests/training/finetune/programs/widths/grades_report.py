def grade(points):
    if points >= 50:
        return "pass"
    return "fail"


for name, points in [("Ada", 71), ("Linus", 38)]:
    print(f"{name:<7}{points:>4} {grade(points):>5}")

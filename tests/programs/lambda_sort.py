# tags: lambdas sorting tuples lists
students = [("Ana", 88), ("Ben", 95), ("Cleo", 72)]
by_grade = sorted(students, key=lambda s: s[1], reverse=True)
for name, grade in by_grade:
    print(name, grade)
print(students[0])

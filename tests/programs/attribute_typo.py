# tags: classes crash
class Student:
    def __init__(self, name, grade):
        self.name = name
        self.grade = grade

s = Student("Omar", 9)
print(s.name)
print(s.grades)

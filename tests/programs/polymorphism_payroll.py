# tags: classes inheritance lists floats
class Employee:
    raise_percent = 4

    def __init__(self, name, salary):
        self.name = name
        self.salary = salary

    def give_raise(self):
        self.salary += self.salary * self.raise_percent // 100


class Manager(Employee):
    raise_percent = 10

    def __init__(self, name, salary, team=None):
        super().__init__(name, salary)
        self.team = team if team is not None else []

    def give_raise(self):
        super().give_raise()
        self.salary += 50 * len(self.team)


ann = Employee("Ann", 2000)
bob = Manager("Bob", 3000, [ann])
for person in [ann, bob]:
    person.give_raise()
    print(person.name, person.salary)
print(Employee.raise_percent, bob.team[0] is ann)

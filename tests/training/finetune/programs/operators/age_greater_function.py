class Person:
    def __init__(self, name, age):
        self.name = name
        self.age = age

    def __gt__(self, other):
        return self.age > other.age


def older(a, b):
    if a > b:
        return a.name
    return b.name


print(older(Person("Ida", 9), Person("Max", 12)))

from abc import ABC, abstractmethod

class Shape(ABC):
    @abstractmethod
    def area(self):
        ...

    def show(self):
        print(self.area())

class Square(Shape):
    def area(self):
        return 4

Square().show()
try:
    Shape()
except TypeError:
    print("abstract")

class Library:
    def __init__(self):
        self.books = {}

    def add(self, title, year):
        self.books[title] = year

    def __contains__(self, title):
        return title in self.books


lib = Library()
lib.add("Emma", 1815)
print("Emma" in lib, "Dune" in lib)

# tags: classes lists fstrings
class Book:
    def __init__(self, title, pages):
        self.title = title
        self.pages = pages
        self.borrowed = False

    def __repr__(self):
        return f"Book({self.title!r})"


class Library:
    def __init__(self):
        self.books = []

    def add(self, title, pages):
        self.books.append(Book(title, pages))

    def borrow(self, title):
        for book in self.books:
            if book.title == title and not book.borrowed:
                book.borrowed = True
                return book
        return None


lib = Library()
lib.add("Dune", 600)
lib.add("Emma", 400)
print(lib.borrow("Emma"))
print(lib.borrow("Emma"))
print([b for b in lib.books if not b.borrowed])

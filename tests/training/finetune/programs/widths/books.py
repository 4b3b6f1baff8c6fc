class Book:
    def __init__(self, title, pages):
        self.title = title
        self.pages = pages

    def __str__(self):
        return f"{self.title:<9}{self.pages:>4}"


print(Book("Emma", 474))
print(Book("Dune", 612))

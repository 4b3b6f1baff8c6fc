class Shelf:
    def __init__(self, *books):
        self.books = list(books)

    def __getitem__(self, i):
        return self.books[i]

    def __setitem__(self, i, book):
        self.books[i] = book

    def __delitem__(self, i):
        del self.books[i]

    def __len__(self):
        return len(self.books)

    def __contains__(self, book):
        return book in self.books

s = Shelf("A", "B", "C")
s[0] = s[1]
del s[1:]
print(len(s), "B" in s, bool(s))
for book in s:
    print(book)
